import { workflowInfo } from '@temporalio/workflow';
import type { Day } from './day.js';
import { runSlice } from './run-slice.js';
import { withTries } from './tries.js';

export interface Restored {
  archives: number;
  /** Of them, those that could not be read again. */
  failed: number;
}

/** Reads the archives again whose rows have expired, and no others: once for all tables of a round. */
export class RestoreExpired {
  #restored: Promise<Restored> | undefined;

  constructor(
    private readonly day: Day,
    private readonly tables: { table: string; version: number }[],
    /** What is needed are not the rows, but what was kept aside of them. */
    private readonly options: { relationsOf?: string } = {},
  ) {}

  restore(): Promise<Restored> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  async #restore(): Promise<Restored> {
    const { day, tables } = this;
    const { partner, date } = day;
    const { runId } = workflowInfo();
    const { tries, backoff } = day.prepared.policies.merge;
    const what = 'find archives whose rows have expired';
    const { value: expired } = await withTries(tries, backoff, what, () =>
      day.control.listExpired.executeWithOptions({ summary: what }, [
        { partner, date, runId, tables, nextSlice: day.nextSlice, ...this.options },
      ]),
    );
    day.nextSlice += expired.slices.length;
    day.enter('merging', `reading ${expired.archives} archives again: the rows read from them have expired`);
    let failed = 0;
    for (const { configKey, ...slice } of expired.slices) {
      failed += (await runSlice(day, slice, configKey)).failed;
    }
    return { archives: expired.archives, failed };
  }
}
