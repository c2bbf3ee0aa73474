import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  type ChildWorkflowOptions,
  ParentClosePolicy,
  startChild,
  type Workflow,
} from '@temporalio/workflow';
import { QUEUES } from './names.js';

/**
 * Starts what outlives the day and is not waited for. One that is there already, by an earlier run of the day, is
 * left to go on.
 */
export async function startAside<W extends Workflow>(
  workflow: W,
  partner: string,
  options: Pick<ChildWorkflowOptions, 'workflowId' | 'workflowIdReusePolicy' | 'staticSummary'>,
  input: Parameters<W>[0],
): Promise<void> {
  try {
    await startChild<Workflow>(workflow, {
      ...options,
      taskQueue: QUEUES.control,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      priority: { fairnessKey: partner },
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
