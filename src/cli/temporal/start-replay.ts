import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { partnerDay } from '../../workflows/partner-day.js';
import { PRIORITY } from '../../workflows/priorities.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { explainRefusals } from './refusals.js';
import { PARTNER_DAY, startOptions } from './start-options.js';

/**
 * Starts a run that reads the archives of the list again. A run that is open works with the rules it began with, so
 * it cannot be joined.
 */
export async function startReplay(
  client: Client,
  partner: string,
  date: string,
  replay: string | undefined,
): Promise<WorkflowHandle<typeof partnerDay>> {
  const options = startOptions(partner, date, 'seal');
  const [input] = options.args;
  try {
    return await explainRefusals(
      client.workflow.start<typeof partnerDay>(PARTNER_DAY, {
        ...options,
        args: [{ ...input, ...(replay === undefined ? {} : { replay }) }],
        workflowIdConflictPolicy: 'FAIL',
        priority: { ...options.priority, priorityKey: PRIORITY.rerun },
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CliError(
      EXIT.usage,
      `${partner} ${date} is still running, by the rules it began with`,
      `wait for its end (partnerday status ${partner} ${date} --watch), then replay`,
      { cause: error },
    );
  }
}
