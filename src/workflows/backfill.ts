import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { controlActivities } from './activity-proxies.js';
import { backfillDetails } from './backfill-details.js';
import type { BackfillInput, PartnerDayResult } from './inputs.js';
import { type BackfillDayProgress, type BackfillProgress, backfillProgress, dayHeld } from './messages.js';
import { partnerDayId, QUEUES } from './names.js';
import { partnerDay } from './partner-day.js';
import { PRIORITY } from './priorities.js';
import { searchAttributes } from './search-attributes.js';
import { Semaphore } from './semaphore.js';
import { faultOf, withTries } from './tries.js';

const LISTING = { tries: 3, backoff: { initial: 2_000, factor: 2, max: 60_000 }, timeoutMs: 3_600_000 };

/**
 * Runs those days of a range again that are missing something, the oldest first and so many at once, behind whatever
 * today needs. A day is a partner-day like any other, with its own id: this one only starts them and waits.
 */
export async function backfill(input: BackfillInput): Promise<BackfillProgress> {
  const run = new Backfill(input);
  setHandler(backfillProgress, () => run.progress(), { description: 'How far each day of the range is' });
  setHandler(dayHeld, ({ date, version, score }) => run.held(date, { version, score }), {
    description: 'Internal: from partnerDay',
  });
  const due = await run.look();
  const slots = new Semaphore(input.parallel);
  const days = await Promise.allSettled(due.map((date) => slots.run(() => run.day(date))));
  // A cancellation; it is over when the days that were running are.
  for (const day of days) if (day.status === 'rejected') throw day.reason;
  return run.progress();
}

class Backfill {
  readonly #days = new Map<string, BackfillDayProgress>();

  constructor(private readonly input: BackfillInput) {}

  /** The dates that need a run. */
  async look(): Promise<string[]> {
    const { partner, from, to } = this.input;
    const what = 'look how the days stand';
    const { tries, backoff, timeoutMs } = LISTING;
    const { listBackfill } = controlActivities({ partner, timeoutMs, heartbeatMs: 30_000 });
    const { value } = await withTries(tries, backoff, what, () =>
      listBackfill.executeWithOptions({ summary: what }, [{ partner, from, to }]),
    );
    for (const { date, standing, landed, due, version } of value.days) {
      const state = due ? 'waiting' : 'not-due';
      const known = version === undefined ? {} : { version };
      this.#days.set(date, { date, standing, landed, state, ...known });
    }
    this.#show();
    return value.days.filter(({ due }) => due).map(({ date }) => date);
  }

  /** A day that fails is its own business; one that waits for a decision keeps no other from its turn. */
  async day(date: string): Promise<void> {
    this.#update(date, { state: 'running' });
    const own = await CancellationScope.nonCancellable(async () => new CancellationScope());
    // A day that is held is the business of who decides: a cancellation of the backfill passes it by.
    CancellationScope.current().cancelRequested.catch(() => this.#isHeld(date) || own.cancel());
    try {
      const handle = await own.run(() => this.#start(date));
      const ended = handle.result();
      const held = CancellationScope.nonCancellable(() => condition(() => this.#isHeld(date)));
      const outcome = await Promise.race([ended, held]);
      // Whatever comes of it is between the day and who decides.
      ended.catch(() => undefined);
      if (outcome !== undefined) this.#ended(date, outcome);
    } catch (error) {
      // One that somebody cancelled by itself is a day that failed.
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
      if (error instanceof WorkflowExecutionAlreadyStartedError) this.#update(date, { state: 'left-alone' });
      else this.#update(date, { state: 'failed', error: faultOf(error).message });
    }
  }

  held(date: string, outcome: { version: number; score: number }): void {
    if (this.#days.has(date)) this.#update(date, { state: 'held', ...outcome });
  }

  progress(): BackfillProgress {
    return { ...this.input, days: [...this.#days.values()] };
  }

  #isHeld(date: string): boolean {
    return this.#days.get(date)!.state === 'held';
  }

  #start(date: string): Promise<ChildWorkflowHandle<typeof partnerDay>> {
    const { partner, parallel } = this.input;
    return startChild(partnerDay, {
      workflowId: partnerDayId(partner, date),
      taskQueue: QUEUES.control,
      // One that is held goes on when the backfill is over. A cancellation reaches days all the same.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `${partner} ${date}`,
      typedSearchAttributes: [
        { key: searchAttributes.partnerId, value: partner },
        { key: searchAttributes.businessDate, value: new Date(`${date}T00:00:00Z`) },
      ],
      priority: { fairnessKey: partner, priorityKey: PRIORITY.backfill },
      args: [{ partner, date, mode: 'seal', backfill: { workflowId: workflowInfo().workflowId, parallel } }],
    });
  }

  #ended(date: string, { version, status, score, failedTables }: PartnerDayResult): void {
    this.#update(date, { state: status, version, score, failedTables });
  }

  #update(date: string, change: Partial<BackfillDayProgress>): void {
    this.#days.set(date, { ...this.#days.get(date)!, ...change });
    this.#show();
  }

  #show(): void {
    setCurrentDetails(backfillDetails(this.progress()));
  }
}
