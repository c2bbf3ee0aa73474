import { isCancellation } from '@temporalio/workflow';
import type { Day } from './day.js';
import { withTries } from './tries.js';

/** Removes what killed workers left behind. What cannot be removed now is left to `partnerday sweep`. */
export async function tidy(day: Day): Promise<void> {
  const { partner, date, state } = day;
  const { tries, backoff } = day.prepared.policies.stage;
  const unmerged = day.planned.tables
    .filter(({ table }) => state.tables.get(table)?.state !== 'merged')
    .map(({ table, version }) => ({ table, version }));
  try {
    await withTries(tries, backoff, 'tidy', () =>
      day.control.dropLeftovers.executeWithOptions({ summary: 'drop unfinished uploads' }, [
        { partner, date, unmerged },
      ]),
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
