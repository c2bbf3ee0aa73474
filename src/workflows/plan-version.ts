import { ApplicationFailure, condition, workflowInfo } from '@temporalio/workflow';
import type { Day } from './day.js';

/** How long a retry waits for the update that says which tables; a run started by hand without one retries all. */
const RETRY_REQUEST = '10s';

/** Plans the next version from the manifests of everything that arrived. */
export async function planVersion(day: Day, arrivalsKey: string): Promise<void> {
  day.enter('planning', 'reading the manifests and planning the tables');
  const { runId } = workflowInfo();
  const planned = await day.tries('plan', () =>
    day.control.planVersion.executeWithOptions({ summary: 'plan the next version' }, [
      { ...day.ref, runId, arrivalsKey, ...day.replay },
    ]),
  );
  day.state.plan(planned);
  day.show();
}

/** Plans nothing: takes up what the newest version still lacks. No listing, no archive. */
export async function resumeVersion(day: Day): Promise<void> {
  const { partner, date } = day;
  day.enter('planning', 'looking for tables that are still to merge');
  const planned = await day.tries('resume', () =>
    day.control.resumeVersion.executeWithOptions({ summary: 'find what is still to merge' }, [day.ref]),
  );
  if (planned === null) {
    throw ApplicationFailure.nonRetryable(
      `${partner} ${date} has no version yet, so there is nothing to retry. Start it with: partnerday run ${partner} ${date}`,
      'NothingToRetry',
    );
  }
  day.state.plan(planned);
  day.show();
  if (day.state.retryExpected) await condition(() => day.state.retryRequests.size > 0, RETRY_REQUEST);
}
