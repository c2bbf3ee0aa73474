import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import { TransientError } from '../errors.js';

/** Nothing moved for too long: the store, the disk or the network hangs. */
export class StalledError extends TransientError {}

const STALL_MS = 300_000;

export interface Pulse {
  /** Aborted on cancellation, shutdown and stall. */
  signal: AbortSignal;
  /** Something moved. `details` (well under 1 KB) is a hint for people; the truth is in the store. */
  progress(details?: unknown): void;
}

/**
 * Runs an activity's work with a pulse: it beats while the work makes progress, and aborts the work when nothing has
 * moved for five minutes, so that a hung stream never looks alive.
 */
export async function withPulse<T>(work: (pulse: Pulse) => Promise<T>): Promise<T> {
  const { heartbeatTimeoutMs } = activityInfo();
  const cancelled = Context.current().cancellationSignal;
  const stalled = new AbortController();
  let moved = Date.now();
  let details: unknown;
  const timer = setInterval(
    () => {
      if (Date.now() - moved > STALL_MS) {
        stalled.abort(new StalledError(`nothing moved for ${STALL_MS / 1_000} s`));
      } else {
        heartbeat(details);
      }
    },
    Math.max(250, (heartbeatTimeoutMs ?? 30_000) / 3),
  );
  try {
    return await work({
      signal: AbortSignal.any([cancelled, stalled.signal]),
      progress(latest) {
        moved = Date.now();
        details = latest;
      },
    });
  } finally {
    clearInterval(timer);
  }
}
