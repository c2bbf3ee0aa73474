import { CancellationScope, isCancellation, log, sleep } from '@temporalio/workflow';
import type { SourceDeadline } from '../ingest/arrivals/source-deadlines.js';
import type { Day } from './day.js';
import { startAnnouncing } from './start-announcing.js';
import { TriesUsedUp, withTries } from './tries.js';

/** Runs `wait` with the deadlines of the day's sources at its side; they are forgotten when it ends. */
export async function withDeadlines<T>(day: Day, wait: () => Promise<T>): Promise<T> {
  // Runs that were prepared before sources had deadlines know of none.
  const deadlines = day.prepared.deadlines ?? [];
  for (const { source, at } of deadlines) day.state.deadlines.set(source, at);
  const scope = new CancellationScope();
  const watching = scope.run(() => Promise.all(deadlines.map((deadline) => watch(day, deadline))));
  const watched = watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  try {
    return await wait();
  } finally {
    scope.cancel();
    await watched;
  }
}

/** An alert before the deadline, and another when it has passed; then the source's policy decides. */
async function watch(day: Day, deadline: SourceDeadline): Promise<void> {
  const { source, alertAt, at } = deadline;
  await until(alertAt, `until the alert before the deadline of ${source}`);
  if (Date.parse(at) > Date.now()) await tell(day, deadline, 'before-deadline');
  await until(at, `until the deadline of ${source}`);
  await tell(day, deadline, 'deadline-passed');
  day.state.deadlinePassed(source);
}

async function until(instant: string, summary: string): Promise<void> {
  const left = Date.parse(instant) - Date.now();
  if (left > 0) await sleep(left, { summary });
}

/** An alert that cannot be written is no reason to stop: what it would tell is in the day's progress, too. */
async function tell(
  day: Day,
  deadline: SourceDeadline,
  when: 'before-deadline' | 'deadline-passed',
): Promise<void> {
  const { state } = day;
  if (state.isComplete(deadline.source)) return;
  const { tries, backoff } = day.prepared.policies.merge;
  const what = `tell that ${deadline.source} is not complete`;
  const { completions, announcements } = state;
  try {
    const { value } = await withTries(tries, backoff, what, () =>
      day.control.tellDeadline.executeWithOptions({ summary: what }, [
        { ...day.ref, deadline, when, completions, announcements },
      ]),
    );
    const { alertKey } = value;
    if (alertKey !== undefined) await startAnnouncing(day, `${deadline.source}-${when}`, { alertKey });
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    log.error('an alert could not be written', { source: deadline.source, when, error: error.message });
  }
}
