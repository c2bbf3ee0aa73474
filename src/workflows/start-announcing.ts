import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { announce } from './announce.js';
import type { Day } from './day.js';
import { announceId, QUEUES } from './names.js';

const BACKOFF = { initial: 2_000, factor: 2, max: 60_000 };
const HEARTBEAT_MS = 30_000;

/**
 * Has the page of the day written, and people told of `what` where there is anything to tell. Only the start is waited
 * for, and what was started outlives the day.
 */
export async function startAnnouncing(
  day: Day,
  what: string,
  { alertKey, published = false }: { alertKey?: string | undefined; published?: boolean },
): Promise<void> {
  const { partner, date, policies } = day;
  try {
    await startChild(announce, {
      workflowId: announceId(partner, date, what),
      taskQueue: QUEUES.control,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `tell of ${partner} ${date} ${what}`,
      priority: { fairnessKey: partner },
      args: [
        {
          partner,
          date,
          published,
          ...(alertKey === undefined ? {} : { alertKey }),
          heartbeat: policies?.heartbeat ?? HEARTBEAT_MS,
          backoff: policies?.stage.backoff ?? BACKOFF,
        },
      ],
    });
  } catch (error) {
    // It is being told already, by what an earlier run of the day started.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
