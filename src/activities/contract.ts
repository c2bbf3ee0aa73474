import type { PartnerConfig } from '../config/partner-config.js';
import type { SourceDeadline } from '../ingest/arrivals/source-deadlines.js';
import type { BackfillDay } from '../ingest/backfill-days.js';
import type { Decide, SourceProgress } from '../workflows/messages.js';

/**
 * What workflows may ask of the world. Arguments and results are small (well under 256 KB): lists travel by key.
 * A failure is an ApplicationFailure whose first detail is `FailureDetail`; the server never retries it (tries are
 * counted in workflow code), so server-side attempts are spent on lost workers only.
 */
export interface ControlActivities {
  listDueDays(input: { scheduledTime: string }): Promise<{ days: DayRef[] }>;
  /** How the days of a range stand. */
  listBackfill(input: { partner: string; from: string; to: string }): Promise<BackfillDays>;
  prepareDay(input: DayRef & { runId: string; startedAt: string }): Promise<PreparedDay>;
  watchArrivals(input: WatchInput): Promise<WatchResult>;
  planVersion(input: PlanInput): Promise<PlannedVersion>;
  /** Which archives a merge needs and whose rows have expired, in slices to be read again. */
  listExpired(input: ListExpiredInput): Promise<ExpiredArchives>;
  /** Everything still to merge of the version readers see (or of the newest claimed one), without any new archive. */
  resumeVersion(input: DayRef & { configKey: string }): Promise<PlannedVersion | null>;
  publishVersion(input: PublishInput): Promise<PublishedVersion>;
  /** Tells what a source has not sent, if it is not complete. */
  tellDeadline(input: TellDeadlineInput): Promise<{ alertKey?: string }>;
  /** Tells that tables are still missing after every round. */
  tellExhausted(input: TellInput): Promise<{ alertKey?: string }>;
  /** Tells that a run failed, and what readers see now. */
  tellFailure(input: TellFailureInput): Promise<{ alertKey: string }>;
  /** Writes the page of a day, a week or a month beside the data. */
  writeReport(input: WriteReportInput): Promise<{ key: string }>;
  /** One OpenLineage event per table that readers see, where they are wanted. */
  emitLineage(input: DayRef): Promise<{ events: number }>;
  /** Weeks and months of partners that have ended and that are to be reported on. */
  listDueReports(input: { scheduledTime: string }): Promise<{ reports: WriteReportInput[] }>;
  /** One try of sending an alert to people, over every channel that is configured. */
  deliverAlert(input: DeliverAlertInput): Promise<AlertDelivery>;
  /** Publishes a held version, or leaves it unpublished for good; records who and why. */
  applyDecision(input: DecisionInput): Promise<{ status: 'published' | 'held' }>;
  /** Notes an archive that took its worker down again and again; it is set aside, not tried again in this run. */
  recordLost(input: RecordLostInput): Promise<void>;
  /** Asks for a DAG run of a published version. What Airflow refuses is noted, not thrown. */
  triggerAirflow(input: TriggerInput): Promise<TriggerResult>;
  /** Removes unfinished uploads and intermediate objects once nothing of the day is being written any more. */
  dropLeftovers(input: DropLeftoversInput): Promise<{ uploads: number; objects: number }>;
}

export interface ExtractActivities {
  extractGroup(input: ExtractGroupInput): Promise<ExtractGroupResult>;
}

export interface MergeActivities {
  composeTable(input: ComposeInput): Promise<ComposeResult>;
  /** Checks the rules across tables that are not checked yet, on what was kept aside of the version's rows. */
  checkRelations(input: CheckRelationsInput): Promise<{ checked: number; broken: number }>;
}

export type Activities = ControlActivities & ExtractActivities & MergeActivities;

export interface FailureDetail {
  transient: boolean;
}

export interface DayRef {
  partner: string;
  date: string;
}

export interface BackfillDays {
  /** `due`: needs a run. */
  days: (BackfillDay & { due: boolean })[];
}

export interface PreparedDay {
  configKey: string;
  policies: PartnerConfig['policies'];
  sources: string[];
  deadlines: SourceDeadline[];
  /** Rules across tables. Absent: none. */
  relations?: number;
  /** Set when a version of this date is already published: the day is sealed with what is listed now. */
  publishedVersion?: number;
  /** Progress is shown outside Temporal as well. */
  mirrorsProgress?: boolean;
  /** What is to be triggered in Airflow when a version is published. */
  airflow?: { dag: string };
}

export interface Completion {
  source: string;
  archives?: number;
  bytes?: number;
  manifest?: string;
}

export interface WatchInput extends DayRef {
  runId: string;
  configKey: string;
  /** Take what is listed now and wait for nothing. */
  seal: boolean;
  /** What sources said so far, by signal. */
  completions: Completion[];
  announcements: { source: string; manifest?: string; keys?: string[] }[];
  /** Index of the slice to write next. */
  nextSlice: number;
  /** Sources whose deadline has passed. */
  overdue?: string[];
  /** Come back after the first look, so that it can be shown what the day waits for. */
  look?: boolean;
  /** Key of a list of archives to hand over although they were read before. */
  replay?: string;
}

export interface SliceRef {
  index: number;
  key: string;
  archives: number;
  bytes: number;
  /** Archives per group, one `extractGroup` activity each. */
  groups: number[];
}

export interface WatchResult {
  slice?: SliceRef;
  sources: SourceProgress[];
  landed: number;
  bytes: number;
  sealed: boolean;
  /** Key of what arrived and what was announced, once sealed. */
  arrivalsKey?: string;
}

export interface PlanInput extends DayRef {
  runId: string;
  configKey: string;
  arrivalsKey: string;
  /** Key of a list of archives to take as today's rules read them. */
  replay?: string;
}

export interface PlannedTable {
  table: string;
  /** Version whose plan describes the table and whose `{table}.csv` will hold it. */
  version: number;
  files: number;
  rows: number;
  bytes: number;
  /** A terminal reason not to merge it. */
  refused?: string;
  /** Its receipt is already there. */
  merged: boolean;
}

export interface PlannedVersion {
  version: number;
  verdict: string;
  archives: number;
  findings: number;
  tables: PlannedTable[];
  /** Readers see this version already; what merges from now on makes the next one. */
  published: boolean;
}

export interface ListExpiredInput extends DayRef {
  runId: string;
  /** Tables that are to be merged, each by the plan of a version. */
  tables: { table: string; version: number }[];
  /** Index of the first slice to write. */
  nextSlice: number;
  /** Not the rows themselves, but what was kept aside of them for the rules across tables of this configuration. */
  relationsOf?: string;
}

export interface ExpiredArchives {
  archives: number;
  bytes: number;
  /** Each with the configuration whose rules its archives were read by. */
  slices: (SliceRef & { configKey: string })[];
}

export interface TableFailure {
  table: string;
  error: string;
  type: string;
  /** Of all rounds. */
  tries: number;
  rounds: number;
  transient: boolean;
}

export interface PublishInput extends DayRef {
  configKey: string;
  version: number;
  /** A requeue round or a retry merged tables of `version`: publish them as the next version. */
  recovery: boolean;
  failures: TableFailure[];
  publishedAt: string;
  workflowId: string;
  runId: string;
}

export interface TellInput extends DayRef {
  configKey: string;
  version: number;
  failures: TableFailure[];
}

export interface TellFailureInput extends DayRef {
  runId: string;
  error: string;
}

/** `date`: any of the period. */
export interface WriteReportInput extends DayRef {
  period: 'day' | 'week' | 'month';
}

export interface DeliverAlertInput extends DayRef {
  alertKey: string;
  /** ISO time at which delivering it began. */
  since: string;
}

export interface AlertDelivery {
  /** By channel: what became of this try. */
  outcomes: Record<string, string>;
  /** Some channel did not take it; absent: nothing is left to do. */
  retryInMs?: number;
}

export interface TellDeadlineInput extends DayRef {
  configKey: string;
  deadline: SourceDeadline;
  when: 'before-deadline' | 'deadline-passed';
  completions: Completion[];
  announcements: { source: string; manifest?: string; keys?: string[] }[];
}

export interface TriggerInput extends DayRef {
  version: number;
  dag: string;
  /** The last try: what keeps it from succeeding is noted. */
  last: boolean;
}

export interface TriggerResult {
  /** `overtaken`: a newer version is published, and has a run of its own. */
  outcome: 'triggered' | 'already' | 'refused' | 'given-up' | 'overtaken';
}

export interface PublishedVersion {
  version: number;
  status: 'published' | 'held';
  score: number;
  failedTables: string[];
  summaryKey: string;
  alertKey?: string;
}

export interface DecisionInput extends DayRef {
  decision: Decide;
  decidedAt: string;
}

export interface ExtractGroupInput extends DayRef {
  configKey: string;
  sliceKey: string;
  group: number;
  /** Positions within the group; absent: all of it. */
  only?: number[];
  /** The last try of these archives: what fails is recorded as unread. */
  last: boolean;
}

export interface RecordLostInput extends DayRef {
  sliceKey: string;
  group: number;
  position: number;
  error: string;
}

export interface DropLeftoversInput extends DayRef {
  /** Tables that are still to merge: what was begun of them stays. */
  unmerged: { table: string; version: number }[];
}

export interface ExtractGroupResult {
  done: number;
  rows: number;
  bytes: number;
  findings: number;
  /** At most one group's worth. */
  failed: { position: number; key: string; type: string; error: string; transient: boolean }[];
}

export interface ComposeInput extends DayRef {
  configKey: string;
  version: number;
  table: string;
}

export interface CheckRelationsInput extends DayRef {
  configKey: string;
  version: number;
}

export interface ComposeResult {
  rows: number;
  bytes: number;
  workerBytes: number;
}
