import type { Client } from '@temporalio/client';
import { CliError } from '../cli-error.js';
import { grpcCause } from '../explain-error.js';
import type { ArrivalMessage } from '../temporal/arrival-messages.js';
import { sendArrival } from '../temporal/send-arrival.js';
import { HttpProblem } from './http-problem.js';

const DEADLINE_MS = 5_000;
const AGAIN = { 'retry-after': '10' };

/** Signals the day as `partnerday arrive` does, and starts it if need be. @throws HttpProblem 503 */
export async function tellDay(
  temporal: Client,
  partner: string,
  date: string,
  messages: readonly ArrivalMessage[],
): Promise<string> {
  try {
    let runId = '';
    for (const { name, body } of messages) {
      runId = await temporal.withDeadline(Date.now() + DEADLINE_MS, () =>
        sendArrival(temporal, partner, date, name, body),
      );
    }
    return runId;
  } catch (error) {
    const refused = error instanceof CliError ? error.message : grpcCause(error)?.details;
    if (refused === undefined) throw error;
    throw new HttpProblem(503, `Temporal did not take the message: ${refused}. Send it again`, {
      headers: AGAIN,
      cause: error,
    });
  }
}
