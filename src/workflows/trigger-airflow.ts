import { controlActivities } from './activity-proxies.js';
import type { TriggerAirflowInput, TriggerAirflowResult } from './inputs.js';
import { withTries } from './tries.js';

/** Ten seconds after the first try, then less and less often, for about a day. */
const TRIES = 150;
const BACKOFF = { initial: 10_000, factor: 2, max: 600_000 };
const TIMEOUT_MS = 60_000;
const HEARTBEAT_MS = 30_000;

/** Tells Airflow of one published version. A workflow of its own: the day does not wait for Airflow. */
export async function triggerAirflow(input: TriggerAirflowInput): Promise<TriggerAirflowResult> {
  const { partner, dag, version } = input;
  const control = controlActivities({ partner, timeoutMs: TIMEOUT_MS, heartbeatMs: HEARTBEAT_MS });
  const { value } = await withTries(TRIES, BACKOFF, `trigger ${dag}`, (n) =>
    control.triggerAirflow.executeWithOptions({ summary: `trigger ${dag} for version ${version}` }, [
      { ...input, last: n === TRIES },
    ]),
  );
  return value;
}
