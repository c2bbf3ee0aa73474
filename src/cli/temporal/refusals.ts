import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { grpcCause } from '../explain-error.js';

/** Turns the two refusals a first user meets (search attributes, namespace) into what to do about them. */
export async function explainRefusals<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const details = grpcCause(error)?.details ?? '';
    if (/search attribute/i.test(details)) {
      throw new CliError(
        EXIT.unreachable,
        `Temporal does not know our search attributes: ${details}`,
        'partnerday doctor (prints the command that registers them)',
        { cause: error },
      );
    }
    if (/namespace .* not found/i.test(details)) {
      throw new CliError(
        EXIT.unreachable,
        `Temporal has no such namespace: ${details}`,
        'set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create',
        { cause: error },
      );
    }
    throw error;
  }
}
