import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { FailureDetail } from '../activities/contract.js';

export interface Backoff {
  /** Milliseconds. */
  initial: number;
  factor: number;
  max: number;
}

/** What went wrong in one try, in words a person can act on. */
export interface Fault {
  type: string;
  message: string;
  transient: boolean;
  /** The worker vanished as often as the server allows; not the application's failure. */
  workerLost: boolean;
}

/** Thrown when every allowed try failed, or when one failed terminally. */
export class TriesUsedUp extends Error {
  constructor(
    readonly fault: Fault,
    readonly tries: number,
  ) {
    super(fault.message);
  }
}

/** Runs `attempt` up to `tries` times. Only transient application failures are tried again; a cancellation passes through. */
export async function withTries<T>(
  tries: number,
  backoff: Backoff,
  what: string,
  attempt: (n: number) => Promise<T>,
): Promise<{ value: T; tries: number }> {
  for (let n = 1; ; n++) {
    try {
      return { value: await attempt(n), tries: n };
    } catch (error) {
      if (isCancellation(error)) throw error;
      const fault = faultOf(error);
      if (!fault.transient || n >= tries) throw new TriesUsedUp(fault, n);
      const pause = Math.min(backoff.max, backoff.initial * backoff.factor ** (n - 1));
      await sleep(pause, { summary: `${what}: try ${n + 1} of ${tries} follows` });
    }
  }
}

export function faultOf(error: unknown): Fault {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure) {
    const detail = cause.details?.[0] as FailureDetail | undefined;
    // A worker that was shut down reports a retryable failure of its own: another one may take over.
    const shutdown = cause.type === 'WorkerShutdown';
    return {
      type: cause.type ?? 'Error',
      message: cause.message,
      transient: shutdown || (detail?.transient ?? false),
      workerLost: shutdown,
    };
  }
  if (cause instanceof TimeoutFailure) {
    const lost = cause.timeoutType === 'HEARTBEAT';
    return {
      type: lost ? 'worker-lost' : 'Timeout',
      message: lost ? 'the worker was lost again and again' : `took too long (${cause.timeoutType})`,
      transient: !lost,
      workerLost: lost,
    };
  }
  return {
    type: 'Error',
    message: cause instanceof Error ? cause.message : String(cause),
    transient: false,
    workerLost: false,
  };
}

/** What failed, without Temporal's wrapping. Its own causes are left alone: they name neither key nor archive. */
function causeOf(error: unknown): unknown {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return wrapped && error.cause ? causeOf(error.cause) : error;
}
