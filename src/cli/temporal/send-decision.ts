import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { type Decide, decide } from '../../workflows/messages.js';
import { partnerDayId } from '../../workflows/names.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { explainRefusals } from './refusals.js';

const ANSWER_TIMEOUT_MS = 120_000;

/** A day that is held stays open until somebody decides; the update ends once the decision has taken effect. */
export async function sendDecision(
  client: Client,
  partner: string,
  date: string,
  decision: Decide,
): Promise<{ version: number; status: string }> {
  const handle = client.workflow.getHandle(partnerDayId(partner, date));
  try {
    return await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
      explainRefusals(
        handle.executeUpdate<{ version: number; status: string }, [Decide]>(decide, { args: [decision] }),
      ),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw usageError(error.cause?.message ?? error.message);
    if (error instanceof WorkflowNotFoundError) {
      throw usageError(
        `${partner} ${date} is not open: its run has ended before anybody decided`,
        `partnerday run ${partner} ${date}`,
      );
    }
    if (error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') {
      throw new CliError(
        EXIT.unreachable,
        'no worker answered the decision',
        'partnerday up, or partnerday worker',
        { cause: error },
      );
    }
    throw error;
  }
}
