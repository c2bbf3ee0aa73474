import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';
import { PLAN_SCHEDULE_ID, QUEUES } from '../../workflows/names.js';

/**
 * Every hour on the hour, in UTC: which partner's day opens is decided by `planDay` from each partner's own time zone.
 * Overlap is allowed because a late planner must not block the next one; a missed hour is caught up within a day.
 */
export async function ensurePlanSchedule(client: Client): Promise<void> {
  const spec = { calendars: [{ hour: '*' as const, minute: 0, comment: 'hourly' }], timezone: 'UTC' };
  const action = {
    type: 'startWorkflow' as const,
    workflowType: 'planDay',
    taskQueue: QUEUES.control,
    args: [],
  };
  const policies = { overlap: 'ALLOW_ALL' as const, catchupWindow: '1 day' };
  try {
    await client.schedule.create({ scheduleId: PLAN_SCHEDULE_ID, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(PLAN_SCHEDULE_ID)
      .update((previous) => ({ ...previous, spec, action: { ...previous.action, ...action }, policies }));
  }
}
