import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { Day } from './day.js';
import { airflowId, QUEUES } from './names.js';
import { triggerAirflow } from './trigger-airflow.js';

/** Sees to it that Airflow is told of a version, and waits for nothing: Airflow away is no reason for a day to stay. */
export async function tellAirflow(day: Day, version: number): Promise<void> {
  const dag = day.prepared.airflow?.dag;
  if (dag === undefined) return;
  const { partner, date } = day;
  try {
    await startChild(triggerAirflow, {
      workflowId: airflowId(partner, date, version),
      taskQueue: QUEUES.control,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `trigger ${dag} for version ${version}`,
      priority: { fairnessKey: partner },
      args: [{ partner, date, version, dag }],
    });
  } catch (error) {
    // It is being told, or has been.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
