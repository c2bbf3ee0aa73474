import { PartnerDayLayout } from '../ingest/layout.js';
import { mergeTable } from '../ingest/merging/merge-table.js';
import { readTablePlan } from '../ingest/planning/read-plan.js';
import { planToMerge } from '../ingest/planning/table-reuse.js';
import { isSegment, SegmentsExpiredError } from '../ingest/retention/expired-segments.js';
import { ObjectNotFoundError } from '../store/errors.js';
import type { MergeActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function composeTable({ store, metrics }: Dependencies): MergeActivities['composeTable'] {
  return ({ partner, date, version, table }) =>
    withPulse(async ({ signal, progress }) => {
      const layout = new PartnerDayLayout(partner, date);
      const planned = await readTablePlan(store, layout.version(version), table, { signal });
      const plan = await planToMerge(store, planned, { signal });
      try {
        const { rows, bytes, workerBytes } = await mergeTable({
          store,
          layout,
          plan,
          signal,
          onProgress: progress,
        });
        metrics.add('partnerday_table_rows', rows, { partner, table });
        metrics.add('partnerday_table_bytes', bytes, { partner, table });
        metrics.add('partnerday_worker_bytes', workerBytes, { partner });
        return { rows, bytes, workerBytes };
      } catch (error) {
        if (!(error instanceof ObjectNotFoundError) || !isSegment(layout, error.key)) throw error;
        throw new SegmentsExpiredError(`rows read from an archive have expired: ${error.message}`, {
          cause: error,
        });
      }
    });
}
