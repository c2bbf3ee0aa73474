import { isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { Day } from './day.js';
import { startAnnouncing } from './start-announcing.js';
import { faultOf, withTries } from './tries.js';

const BACKOFF = { initial: 2_000, factor: 2, max: 60_000 };

/** A day that fails says so, unless somebody cancelled it. What cannot be told must not hide why it failed. */
export async function tellFailed(day: Day, error: unknown): Promise<void> {
  if (isCancellation(error)) return;
  const { partner, date, policies } = day;
  const { runId } = workflowInfo();
  const { message } = faultOf(error);
  try {
    const { value } = await withTries(3, policies?.stage.backoff ?? BACKOFF, 'tell', () =>
      day.control.tellFailure.executeWithOptions({ summary: 'tell that the day failed' }, [
        { partner, date, runId, error: message },
      ]),
    );
    await startAnnouncing(day, 'failed', value);
  } catch (failure) {
    log.error('a failed day could not be told of', { partner, date, error: faultOf(failure).message });
  }
}
