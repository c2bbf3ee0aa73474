import { log, sleep, workflowInfo } from '@temporalio/workflow';
import { controlActivities } from './activity-proxies.js';
import type { AnnounceInput } from './inputs.js';
import { TriesUsedUp, withTries } from './tries.js';

const ACTIVITY_MS = 600_000;
const UNTIL_TRIED_AGAIN_MS = 60_000;
const GIVE_UP_AFTER_MS = 86_400_000;

/**
 * Tells people of a partner-day: its page first, then the alert, then the page that says so; and whoever collects
 * lineage. A workflow of its own, which the day starts and does not wait for: a receiver that is away for hours delays
 * nothing, and the alert arrives when it is back.
 */
export async function announce(input: AnnounceInput): Promise<void> {
  const { partner, date, alertKey, published } = input;
  const day = { partner, date };
  const writePage = () =>
    orLog(input, 'write the page', () => activities(input).writeReport({ ...day, period: 'day' }));
  const lineage = published
    ? orLog(input, 'emit lineage', () => activities(input).emitLineage(day))
    : undefined;
  await writePage();
  if (alertKey !== undefined) {
    await untilDelivered(input, alertKey);
    await writePage();
  }
  await lineage;
}

async function untilDelivered(input: AnnounceInput, alertKey: string): Promise<void> {
  const { partner, date } = input;
  const since = workflowInfo().startTime;
  for (;;) {
    const retryInMs = await deliver(input, alertKey, since);
    if (retryInMs === undefined) return;
    if (Date.now() + retryInMs > since.getTime() + GIVE_UP_AFTER_MS) {
      log.error('an alert was given up', { partner, date, alertKey });
      return;
    }
    await sleep(retryInMs, { summary: 'until the alert is tried again' });
  }
}

/** How long to wait before the next try; `undefined` when nothing is left to do. */
async function deliver(input: AnnounceInput, alertKey: string, since: Date): Promise<number | undefined> {
  const { partner, date } = input;
  try {
    const { value } = await withTries(3, input.backoff, 'deliver the alert', () =>
      activities(input).deliverAlert({ partner, date, alertKey, since: since.toISOString() }),
    );
    return value.retryInMs;
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    return UNTIL_TRIED_AGAIN_MS;
  }
}

/** What cannot be done keeps nobody from being told. */
async function orLog(input: AnnounceInput, what: string, attempt: () => Promise<unknown>): Promise<void> {
  const { partner, date, backoff } = input;
  try {
    await withTries(3, backoff, what, attempt);
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    log.error(`could not ${what}`, { partner, date, error: error.message });
  }
}

function activities({ partner, heartbeat }: AnnounceInput) {
  return controlActivities({ partner, timeoutMs: ACTIVITY_MS, heartbeatMs: heartbeat });
}
