import { log } from '@temporalio/activity';
import { z } from 'zod';
import { requireJson } from '../ingest/documents/json-object.js';
import type { Publication } from '../ingest/publication/publication.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { findingSchema } from '../quality/finding.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { countByCode } from './archive-figures.js';

const summarySchema = z.object({
  tables: z.array(z.object({ table: z.string(), status: z.string(), nullRatio: z.number() })),
  findings: z.array(findingSchema.pick({ code: true, count: true })),
});

/**
 * Shows a version that was published or held. Gauges show the newest business date this worker knows of: a backfill of
 * last month says nothing about today. Never fails: the version is out.
 */
export async function recordPublication(
  metrics: WorkerMetrics,
  store: ObjectStore,
  { partner, date, status, score, publishedAt, summaryKey }: Publication,
  call: CallOptions,
): Promise<void> {
  metrics.add('partnerday_publications', 1, { partner, code: status });
  try {
    const summary = await requireJson(store, summaryKey, summarySchema, call);
    for (const [code, count] of Object.entries(countByCode(summary.findings)))
      metrics.add('partnerday_findings', count, { partner, stage: 'publish', code });
    if (!metrics.isNewest(partner, date)) return;
    metrics.set('partnerday_published_date_seconds', Date.parse(date) / 1_000, { partner });
    metrics.set('partnerday_published_timestamp_seconds', Date.parse(publishedAt) / 1_000, { partner });
    metrics.set('partnerday_score', score, { partner });
    for (const code of ['merged', 'failed', 'stale']) {
      const count = summary.tables.filter((table) => table.status === code).length;
      metrics.set('partnerday_tables', count, { partner, code });
    }
    for (const { table, nullRatio } of summary.tables)
      metrics.set('partnerday_null_ratio', nullRatio, { partner, table });
  } catch (error) {
    log.warn('the metrics of a version are incomplete', { partner, date, error });
  }
}
