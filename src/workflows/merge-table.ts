import { ApplicationFailure, setCurrentDetails } from '@temporalio/workflow';
import { mergeActivities } from './activity-proxies.js';
import type { MergeTableInput, MergeTableResult } from './inputs.js';
import { TriesUsedUp, withTries } from './tries.js';

export const MERGE_FAILED = 'MergeFailed';

/** What a failed `mergeTable` tells its partner-day: the first detail of its ApplicationFailure. */
export interface MergeFailure {
  type: string;
  error: string;
  tries: number;
  transient: boolean;
}

/** Builds one table's CSV from its plan. Independent of every other table. */
export async function mergeTable(input: MergeTableInput): Promise<MergeTableResult> {
  const { partner, date, configKey, version, table, policy } = input;
  const merge = mergeActivities({ partner, timeoutMs: policy.timeout, heartbeatMs: input.heartbeat });
  try {
    const { value, tries } = await withTries(policy.tries, policy.backoff, table, (n) =>
      merge.composeTable.executeWithOptions({ summary: `${table}: try ${n} of ${policy.tries}` }, [
        { partner, date, configKey, version, table },
      ]),
    );
    setCurrentDetails(
      `${value.rows} rows, ${value.bytes} bytes, ${value.workerBytes} of them through the worker`,
    );
    return { table, rows: value.rows, bytes: value.bytes, tries };
  } catch (error) {
    if (!(error instanceof TriesUsedUp)) throw error;
    const { fault, tries } = error;
    const failure: MergeFailure = {
      type: fault.type,
      error: fault.message,
      tries,
      transient: fault.transient,
    };
    throw ApplicationFailure.create({
      type: MERGE_FAILED,
      message: `${table}: ${fault.message} (${tries} ${tries === 1 ? 'try' : 'tries'}, round ${input.round} of ${input.rounds})`,
      nonRetryable: true,
      details: [failure],
    });
  }
}
