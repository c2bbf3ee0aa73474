import { log, workflowInfo } from '@temporalio/workflow';
import type { WriteReportInput } from '../activities/contract.js';
import { controlActivities } from './activity-proxies.js';
import { scheduledTime } from './scheduled-time.js';
import { Semaphore } from './semaphore.js';
import { TriesUsedUp, withTries } from './tries.js';

const BACKOFF = { initial: 2_000, factor: 2, max: 60_000 };
const AT_ONCE = 4;

/** Run daily by a Schedule: the weeks and months of all partners that a day may still have changed. */
export async function writeReports(): Promise<{ written: number; failed: number }> {
  const planner = controlActivities({ partner: 'reports', timeoutMs: 60_000, heartbeatMs: 30_000 });
  const tick = scheduledTime(workflowInfo()).toISOString();
  const { value } = await withTries(3, BACKOFF, 'list due reports', () =>
    planner.listDueReports({ scheduledTime: tick }),
  );
  const slots = new Semaphore(AT_ONCE);
  const written = await Promise.all(value.reports.map((report) => slots.run(() => write(report))));
  return { written: written.filter(Boolean).length, failed: written.filter((done) => !done).length };
}

/** One partner's report that cannot be written keeps no other from being written. */
async function write(report: WriteReportInput): Promise<boolean> {
  const activities = controlActivities({
    partner: report.partner,
    timeoutMs: 600_000,
    heartbeatMs: 30_000,
  });
  try {
    await withTries(3, BACKOFF, 'write the report', () => activities.writeReport(report));
    return true;
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    log.error('a report could not be written', { ...report, error: error.message });
    return false;
  }
}
