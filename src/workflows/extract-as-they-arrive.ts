import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { SliceRef, WatchResult } from '../activities/contract.js';
import type { Day } from './day.js';
import { openSlices, runSlice } from './run-slice.js';
import { faultOf } from './tries.js';
import { withDeadlines } from './watch-deadlines.js';

/** A watch ends when there is something to do, not by the clock. */
const WATCH_TIMEOUT = '31 days';

/**
 * Waits for every source while extracting what has landed. Returns the key of the sealed day's arrivals.
 * A date that has been published was sealed already: what is there now makes its next version.
 */
export async function extractAsTheyArrive(day: Day): Promise<string> {
  const seal = day.input.mode === 'seal' || day.state.version !== undefined;
  day.enter('waiting', seal ? 'listing what has landed' : 'waiting for all sources');
  return seal ? untilSealed(day, true) : withDeadlines(day, () => untilSealed(day, false));
}

async function untilSealed(day: Day, seal: boolean): Promise<string> {
  const slices: Promise<void>[] = [];
  const most = openSlices(day).slices;
  let open = 0;
  for (;;) {
    const heard = day.state.news;
    const overdue = day.state.overdue.length;
    const watched = await watchUntilNews(day, seal);
    if (watched === undefined) continue;
    day.state.heard = heard;
    day.state.shownOverdue = overdue;
    day.state.watched(watched);
    if (watched.sealed) day.enter('extracting', `extracting ${watched.landed} archives`);
    else day.show();
    if (watched.slice) {
      const { slice } = watched;
      day.nextSlice = slice.index + 1;
      await condition(() => open < most);
      open++;
      slices.push(extract(day, slice).finally(() => open--));
    }
    if (watched.arrivalsKey !== undefined) {
      await Promise.all(slices);
      return watched.arrivalsKey;
    }
  }
}

/** `undefined` when a message came first: the question is out of date and is asked again. */
async function watchUntilNews(day: Day, seal: boolean): Promise<WatchResult | undefined> {
  const { state } = day;
  const { runId } = workflowInfo();
  const heard = state.news;
  const overdue = [...state.overdue];
  const scope = new CancellationScope();
  const watching = scope.run(() =>
    day.tries('watch arrivals', () =>
      day.control.watchArrivals.executeWithOptions(
        {
          summary: seal ? 'list what has landed' : 'watch the landing prefix',
          startToCloseTimeout: WATCH_TIMEOUT,
        },
        [
          {
            ...day.ref,
            runId,
            seal,
            completions: state.completions,
            announcements: state.announcements,
            nextSlice: day.nextSlice,
            overdue,
            look: !seal && state.shownOverdue !== overdue.length,
            ...day.replay,
          },
        ],
      ),
    ),
  );
  const outcome = watching.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const news = condition(() => state.news > heard || state.overdue.length > overdue.length);
  const first = await Promise.race([outcome, news]);
  if (first === undefined) {
    scope.cancel();
    await outcome;
    return undefined;
  }
  if ('error' in first) throw first.error;
  return first.value;
}

async function extract(day: Day, slice: SliceRef): Promise<void> {
  day.state.sliceStarted(slice);
  try {
    await runSlice(day, slice);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { type, message, transient } = faultOf(error);
    day.enter('failed', `extraction: ${message}`);
    throw ApplicationFailure.create({
      type,
      message: `extraction: ${message}`,
      nonRetryable: true,
      details: [{ transient }],
    });
  }
}
