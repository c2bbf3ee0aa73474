import { workflowInfo } from '@temporalio/workflow';
import type { Day } from './day.js';

/** Pins the configuration: what is changed in it later concerns later runs. */
export async function prepare(day: Day): Promise<void> {
  const { partner, date } = day;
  day.enter('waiting', 'reading the configuration');
  const { runId, startTime } = workflowInfo();
  day.prepared = await day.tries('prepare', () =>
    day.control.prepareDay.executeWithOptions({ summary: 'pin the configuration' }, [
      { partner, date, runId, startedAt: startTime.toISOString() },
    ]),
  );
}
