import { randomUUID } from 'node:crypto';
import {
  type Client,
  WithStartWorkflowOperation,
  type WorkflowHandle,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { type RetryAccepted, type RetryTable, retryTable } from '../../workflows/messages.js';
import type { partnerDay } from '../../workflows/partner-day.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { explainRefusals } from './refusals.js';
import { PARTNER_DAY, startOptions } from './start-options.js';

const ACCEPT_TIMEOUT_MS = 60_000;

/** Update-with-start: asks the open run, or starts one that only merges. An update needs a worker to answer. */
export async function sendRetry(
  client: Client,
  partner: string,
  date: string,
  tables: string[],
): Promise<{ accepted: string[]; handle: WorkflowHandle<typeof partnerDay> }> {
  const operation = new WithStartWorkflowOperation<typeof partnerDay>(
    PARTNER_DAY,
    startOptions(partner, date, 'retry'),
  );
  const request: RetryTable = { tables, id: randomUUID() };
  try {
    const { tables: accepted } = await client.withDeadline(Date.now() + ACCEPT_TIMEOUT_MS, () =>
      explainRefusals(
        client.workflow.executeUpdateWithStart<typeof partnerDay, RetryAccepted, [RetryTable]>(retryTable, {
          args: [request],
          startWorkflowOperation: operation,
        }),
      ),
    );
    return { accepted, handle: await operation.workflowHandle() };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw usageError(error.cause?.message ?? error.message);
    if (error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') {
      throw new CliError(
        EXIT.unreachable,
        'no worker answered the retry',
        'partnerday up, or partnerday worker',
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
