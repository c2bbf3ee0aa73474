import {
  ActivityFailure,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExtractGroupResult } from '../activities/contract.js';
import { controlActivities, extractActivities } from './activity-proxies.js';
import type { ExtractSliceInput, ExtractSliceResult } from './inputs.js';
import { sliceProgress } from './messages.js';
import { Semaphore } from './semaphore.js';
import { faultOf } from './tries.js';

/** Attempts by lost workers before a group is split into single archives, and before a single one is set aside. */
const LOST_GROUP = 3;
const LOST_ARCHIVE = 10;
/** Progress signals to the partner-day per slice. */
const REPORTS = 10;

/** Extracts a bounded slice of a day's archives, in groups. An archive already committed is not read again. */
export async function extractSlice(input: ExtractSliceInput): Promise<ExtractSliceResult> {
  const slice = new Slice(input);
  const slots = new Semaphore(input.maxConcurrent);
  await Promise.all(input.groups.map((size, group) => slots.run(() => slice.group(group, size))));
  return { done: slice.done, failed: slice.failed, rows: slice.rows };
}

class Slice {
  done = 0;
  failed = 0;
  rows = 0;
  #settledGroups = 0;
  /**
   * Archives of groups that lost their worker, one at a time: side by side, one that takes its worker down would take
   * the same innocent one with it again and again, and both would look guilty.
   */
  readonly #suspects = new Semaphore(1);

  constructor(private readonly input: ExtractSliceInput) {}

  async group(group: number, size: number): Promise<void> {
    try {
      await this.tries(group, undefined, size, LOST_GROUP);
    } catch (error) {
      if (!isLostWorker(error)) throw error;
      for (let position = 0; position < size; position++) {
        await this.#suspects.run(() => this.single(group, position));
      }
    }
    await this.report(++this.#settledGroups);
  }

  /** One archive by itself: if it alone takes its worker down, it is the one at fault. */
  private async single(group: number, position: number): Promise<void> {
    try {
      await this.tries(group, [position], 1, LOST_ARCHIVE);
    } catch (error) {
      if (!isLostWorker(error)) throw error;
      const { partner, date, key: sliceKey, heartbeat } = this.input;
      await controlActivities({ partner, timeoutMs: 60_000, heartbeatMs: heartbeat }).recordLost({
        partner,
        date,
        sliceKey,
        group,
        position,
        error: `its worker was lost ${LOST_ARCHIVE} times while reading it`,
      });
      this.failed++;
    }
  }

  private async tries(
    group: number,
    only: number[] | undefined,
    size: number,
    lostWorkers: number,
  ): Promise<void> {
    const { partner, policy, heartbeat } = this.input;
    const proxy = extractActivities(
      { partner, timeoutMs: policy.timeout, heartbeatMs: heartbeat },
      lostWorkers,
    );
    let positions = only;
    for (let n = 1; ; n++) {
      const last = n >= policy.tries;
      const result = await this.attempt(proxy, group, positions, size, n);
      const again = last ? [] : result.failed.filter((archive) => archive.transient);
      this.done += result.done;
      this.rows += result.rows;
      this.failed += result.failed.length - again.length;
      if (again.length === 0) return;
      positions = again.map((archive) => archive.position);
      const pause = Math.min(policy.backoff.max, policy.backoff.initial * policy.backoff.factor ** (n - 1));
      await sleep(pause, {
        summary: `group ${group}: try ${n + 1} of ${policy.tries} for ${again.length} archives follows`,
      });
    }
  }

  /** An attempt that could not even begin (the store is away) is a failed try of all its archives. */
  private async attempt(
    proxy: ReturnType<typeof extractActivities>,
    group: number,
    only: number[] | undefined,
    size: number,
    n: number,
  ): Promise<ExtractGroupResult> {
    const { partner, date, configKey, key: sliceKey, policy, index } = this.input;
    const positions = only ?? Array.from({ length: size }, (_, position) => position);
    const again = n > 1 ? `, try ${n} of ${policy.tries}` : '';
    const summary = `slice ${index} group ${group}: ${positions.length} archives${again}`;
    const last = n >= policy.tries;
    try {
      return await proxy.extractGroup.executeWithOptions({ summary }, [
        { partner, date, configKey, sliceKey, group, last, ...(only ? { only } : {}) },
      ]);
    } catch (error) {
      if (isCancellation(error) || last) throw error;
      const { transient, workerLost, type, message } = faultOf(error);
      if (workerLost || !transient) throw error;
      const failed = positions.map((position) => ({ position, key: '', type, error: message, transient }));
      return { done: 0, rows: 0, bytes: 0, findings: 0, failed };
    }
  }

  private async report(settled: number): Promise<void> {
    const { groups, archives, index } = this.input;
    setCurrentDetails(
      `${this.done} of ${archives} archives committed, ${this.failed} failed, ${this.rows} rows`,
    );
    const step = Math.max(1, Math.ceil(groups.length / REPORTS));
    if (settled % step !== 0 && settled !== groups.length) return;
    const parent = workflowInfo().parent;
    if (!parent) return;
    try {
      await getExternalWorkflowHandle(parent.workflowId).signal(sliceProgress, {
        slice: index,
        done: this.done,
        failed: this.failed,
        rows: this.rows,
      });
    } catch (error) {
      // Progress is a courtesy: a parent that is gone must not fail the extraction.
      if (isCancellation(error)) throw error;
    }
  }
}

function isLostWorker(error: unknown): boolean {
  return error instanceof ActivityFailure && faultOf(error).workerLost;
}
