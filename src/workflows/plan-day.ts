import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { controlActivities } from './activity-proxies.js';
import { partnerDayId, QUEUES } from './names.js';
import { partnerDay } from './partner-day.js';
import { scheduledTime } from './scheduled-time.js';
import { searchAttributes } from './search-attributes.js';
import { withTries } from './tries.js';

/**
 * Run by the hourly Schedule. The business date follows from the scheduled time and each partner's zone, never from
 * the clock, so a tick that is caught up or backfilled plans the day it stood for. Idempotent by workflow id.
 */
export async function planDay(): Promise<{ started: string[] }> {
  const tick = scheduledTime(workflowInfo()).toISOString();
  const activities = controlActivities({ partner: 'planner', timeoutMs: 60_000, heartbeatMs: 30_000 });
  const { value } = await withTries(3, { initial: 2_000, factor: 2, max: 60_000 }, 'list due days', () =>
    activities.listDueDays({ scheduledTime: tick }),
  );
  const started: string[] = [];
  for (const { partner, date } of value.days) {
    try {
      await startChild(partnerDay, {
        workflowId: partnerDayId(partner, date),
        taskQueue: QUEUES.control,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        staticSummary: `${partner} ${date}`,
        typedSearchAttributes: [
          { key: searchAttributes.partnerId, value: partner },
          { key: searchAttributes.businessDate, value: new Date(`${date}T00:00:00Z`) },
        ],
        priority: { fairnessKey: partner },
        args: [{ partner, date, mode: 'wait' }],
      });
      started.push(partnerDayId(partner, date));
    } catch (error) {
      // It runs already, or it has run: a late tick changes nothing.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
  return { started };
}
