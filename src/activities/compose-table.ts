import { TerminalError } from '../errors.js';
import { readTablePlan } from '../ingest/day-state.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { mergeTable } from '../ingest/merge-table.js';
import type { MergeActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

/** The plan refuses the table: its contract is breached, or what it needs cannot be read. */
export class TableRefusedError extends TerminalError {}

export function composeTable({ store }: Dependencies): MergeActivities['composeTable'] {
  return ({ partner, date, version, table }) =>
    withPulse(async ({ signal, progress }) => {
      const layout = new PartnerDayLayout(partner, date);
      const plan = await readTablePlan(store, layout, version, table);
      if (plan.refused !== undefined) throw new TableRefusedError(plan.refused);
      const receipt = await mergeTable({ store, layout, plan, signal, onProgress: progress });
      return { rows: receipt.rows, bytes: receipt.bytes, workerBytes: receipt.workerBytes };
    });
}
