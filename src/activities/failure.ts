import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { DomainError } from '../errors.js';
import type { FailureDetail } from './contract.js';

/** This worker is about to stop; what is committed stays, another worker does the rest. */
export class WorkerDraining extends Error {
  constructor() {
    super('the worker is shutting down');
  }
}

/**
 * The one table from domain errors to Temporal. Every application failure is non-retryable for the server, because
 * tries are counted in workflow code (see `withTries`); whether another try may help travels in the details.
 */
export function toFailure(error: unknown): unknown {
  // Never wrap a cancellation: the worker recognises it by its type only.
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  // The one failure the server may retry: another worker takes over, and no try is used up.
  if (error instanceof WorkerDraining)
    return ApplicationFailure.create({ type: 'WorkerShutdown', message: error.message });
  if (error instanceof DomainError)
    return failure(error.name, error.message, { transient: error.transient }, error);
  const message = error instanceof Error ? error.message : String(error);
  // An error nobody foresaw is a defect: another try is cheap and a person must see it.
  return failure('UnexpectedError', message, { transient: true }, error);
}

function failure(type: string, message: string, detail: FailureDetail, cause: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    details: [detail],
    ...(cause instanceof Error ? { cause } : {}),
  });
}
