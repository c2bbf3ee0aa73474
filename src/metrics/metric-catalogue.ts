/** No file, date or column ever becomes a label: their number has no bound. */
export type MetricLabel = 'partner' | 'table' | 'stage' | 'code';

export interface MetricSpec {
  kind: 'counter' | 'gauge' | 'histogram';
  labels: readonly MetricLabel[];
  /** What one unit of it is, in words for docs and for Prometheus. */
  help: string;
}

/** Seconds; activities last from milliseconds to hours. */
export const STAGE_SECONDS_BUCKETS = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400];

/**
 * Every metric of our own, as it is scraped. Those of Temporal's SDK (`temporal_...`) stand beside them on the same
 * page. Counters have no `_total` suffix, as the SDK's have none.
 */
export const METRICS = {
  partnerday_archives: {
    kind: 'counter',
    labels: ['partner', 'code'],
    help: 'Archives extracted, by how: whole, salvaged (cut), rejected, or unread after the last try',
  },
  partnerday_archive_bytes: {
    kind: 'counter',
    labels: ['partner'],
    help: 'Compressed bytes of the archives extracted',
  },
  partnerday_members: {
    kind: 'counter',
    labels: ['partner', 'code'],
    help: 'Members of the archives extracted, by outcome: loaded, quarantined, duplicate, skipped',
  },
  partnerday_rows: {
    kind: 'counter',
    labels: ['partner', 'code'],
    help: 'Rows of the archives extracted, by outcome: loaded, quarantined',
  },
  partnerday_table_rows: {
    kind: 'counter',
    labels: ['partner', 'table'],
    help: 'Rows of the tables merged',
  },
  partnerday_table_bytes: {
    kind: 'counter',
    labels: ['partner', 'table'],
    help: 'Bytes of the tables merged',
  },
  partnerday_worker_bytes: {
    kind: 'counter',
    labels: ['partner'],
    help: 'Bytes of the tables merged that passed through a worker; the store copied the rest',
  },
  partnerday_findings: {
    kind: 'counter',
    labels: ['partner', 'stage', 'code'],
    help: 'Findings, by code: of stage extract as archives are read, of stage publish as each version reports them',
  },
  partnerday_failed_tries: {
    kind: 'counter',
    labels: ['partner', 'stage', 'code'],
    help: 'Tries that failed, by error; all but the last are retried. worker-lost: a try whose worker vanished',
  },
  partnerday_stage_seconds: {
    kind: 'histogram',
    labels: ['partner', 'stage'],
    help: 'Duration of one activity of a stage, in seconds, failed ones included',
  },
  partnerday_backlog_tasks: {
    kind: 'gauge',
    labels: ['stage'],
    help: 'Tasks that wait for a worker, by queue, as the Temporal server counts them',
  },
  partnerday_backlog_age_seconds: {
    kind: 'gauge',
    labels: ['stage'],
    help: 'How long the oldest task of a queue has waited for a worker',
  },
  partnerday_publications: {
    kind: 'counter',
    labels: ['partner', 'code'],
    help: 'Versions described, by what became of them: published or held',
  },
  partnerday_published_date_seconds: {
    kind: 'gauge',
    labels: ['partner'],
    help: 'Business date of the newest day this worker published or held, as Unix time',
  },
  partnerday_published_timestamp_seconds: {
    kind: 'gauge',
    labels: ['partner'],
    help: 'When that was, as Unix time',
  },
  partnerday_score: {
    kind: 'gauge',
    labels: ['partner'],
    help: 'Quality score of that day, 0 to 100',
  },
  partnerday_tables: {
    kind: 'gauge',
    labels: ['partner', 'code'],
    help: 'Tables of that day, by status: merged, failed, stale',
  },
  partnerday_null_ratio: {
    kind: 'gauge',
    labels: ['partner', 'table'],
    help: 'Null cells of a table of that day, as a fraction of all its cells',
  },
  partnerday_deadline_alerts: {
    kind: 'counter',
    labels: ['partner', 'code'],
    help: 'Sources told to be incomplete: before-deadline, deadline-passed',
  },
  partnerday_tables_given_up: {
    kind: 'counter',
    labels: ['partner'],
    help: 'Tables that failed in every round',
  },
  partnerday_event_loop_delay_seconds: {
    kind: 'gauge',
    labels: [],
    help: "Longest delay of the worker's event loop within the last ten seconds",
  },
  partnerday_resident_bytes: {
    kind: 'gauge',
    labels: [],
    help: 'Memory of the worker process that is resident',
  },
  partnerday_heap_bytes: {
    kind: 'gauge',
    labels: [],
    help: "Memory in use in V8's heap of the main thread",
  },
  partnerday_buffer_bytes: {
    kind: 'gauge',
    labels: [],
    help: 'Memory of buffers outside that heap',
  },
  partnerday_memory_limit_bytes: {
    kind: 'gauge',
    labels: [],
    help: "Memory the process may use: the container's limit, or the machine's memory",
  },
  partnerday_cpu_milliseconds: {
    kind: 'counter',
    labels: [],
    help: 'CPU time of the worker process, all its threads, user and system',
  },
} as const satisfies Record<string, MetricSpec>;

export type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
export type NamesOf<Kind extends MetricSpec['kind']> = {
  [Name in MetricName]: Metrics[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
export type LabelsOf<Name extends MetricName> = Record<Metrics[Name]['labels'][number], string>;
