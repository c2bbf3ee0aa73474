import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { backfill } from '../../workflows/backfill.js';
import type { BackfillInput } from '../../workflows/inputs.js';
import { backfillId, QUEUES } from '../../workflows/names.js';
import { PRIORITY } from '../../workflows/priorities.js';
import { searchAttributes } from '../../workflows/search-attributes.js';
import type { TemporalClient } from './connect.js';
import { explainRefusals } from './refusals.js';

/** Starts the backfill of this range. One that is running is joined, whatever else was asked for. */
export async function startBackfill(
  { client }: TemporalClient,
  input: BackfillInput,
): Promise<{ handle: WorkflowHandle<typeof backfill>; joined: boolean }> {
  const { partner, from, to } = input;
  const workflowId = backfillId(partner, from, to);
  const joined = await isRunning(client, workflowId);
  const handle = await explainRefusals(
    client.workflow.start<typeof backfill>('backfill', {
      workflowId,
      taskQueue: QUEUES.control,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      staticSummary: `${partner} ${from} to ${to}`,
      typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.partnerId, value: partner }]),
      priority: { fairnessKey: partner, priorityKey: PRIORITY.backfill },
    }),
  );
  return { handle, joined };
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
