import type { Publication } from '../ingest/publication/publication.js';
import type { DagRun } from './airflow.js';

/** The run a publication asks for: one for each version, whoever asks and how often. */
export function dagRunOf(
  dag: string,
  publication: Publication,
  storeUrl: string,
  pointerKey: string,
): DagRun {
  const { partner, date, version, status, score, publishedAt, summaryKey, tables } = publication;
  return {
    dag,
    runId: `partnerday__${partner}__${date}__v${version}`,
    note: `${partner} ${date}: version ${version} is published, score ${score}`,
    conf: {
      partner,
      date,
      version,
      status,
      score,
      published_at: publishedAt,
      store: storeUrl,
      published_key: pointerKey,
      summary_key: summaryKey,
      tables: Object.fromEntries(
        tables.map(({ table, status: state, key, rows, bytes }) => [
          table,
          { status: state, key: key ?? null, rows: rows ?? null, bytes: bytes ?? null },
        ]),
      ),
      failed_tables: tables.filter(({ status: state }) => state !== 'merged').map(({ table }) => table),
    },
  };
}
