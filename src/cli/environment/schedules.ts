import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  type ScheduleSpec,
} from '@temporalio/client';
import { PLAN_SCHEDULE_ID, QUEUES, REPORT_SCHEDULE_ID } from '../../workflows/names.js';

/**
 * Every hour on the hour, in UTC: which partner's day opens is decided by `planDay` from each partner's own time zone.
 * Overlap is allowed because a late planner must not block the next one; a missed hour is caught up within a day.
 */
export function ensurePlanSchedule(client: Client): Promise<void> {
  return ensureSchedule(client, {
    scheduleId: PLAN_SCHEDULE_ID,
    spec: { calendars: [{ hour: '*', minute: 0, comment: 'hourly' }], timezone: 'UTC' },
    workflowType: 'planDay',
    policies: { overlap: 'ALLOW_ALL', catchupWindow: '1 day' },
  });
}

/** Once a day, when most partners' days are over. One that is missed is made up for by the next. */
export function ensureReportSchedule(client: Client): Promise<void> {
  return ensureSchedule(client, {
    scheduleId: REPORT_SCHEDULE_ID,
    spec: { calendars: [{ hour: 12, minute: 0, comment: 'daily' }], timezone: 'UTC' },
    workflowType: 'writeReports',
    policies: { overlap: 'SKIP', catchupWindow: '1 hour' },
  });
}

interface Wanted {
  scheduleId: string;
  spec: ScheduleSpec;
  workflowType: string;
  policies: NonNullable<ScheduleOptions['policies']>;
}

async function ensureSchedule(
  client: Client,
  { scheduleId, spec, workflowType, policies }: Wanted,
): Promise<void> {
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    taskQueue: QUEUES.control,
    args: [],
  };
  try {
    await client.schedule.create({ scheduleId, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update((previous) => ({ ...previous, spec, action: { ...previous.action, ...action }, policies }));
  }
}
