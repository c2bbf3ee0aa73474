import type { WorkflowInfo } from '@temporalio/workflow';

/** The time a Schedule's tick stands for, however late it is run; of a run that no Schedule started, its start. */
export function scheduledTime({ typedSearchAttributes, startTime }: WorkflowInfo): Date {
  const scheduled = typedSearchAttributes
    .getAll()
    .find(({ key }) => key.name === 'TemporalScheduledStartTime')?.value;
  return scheduled instanceof Date ? scheduled : startTime;
}
