import {
  ApplicationFailure,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { TableFailure } from '../activities/contract.js';
import type { Day } from './day.js';
import { MERGE_FAILED, type MergeFailure, mergeTable } from './merge-table.js';
import { mergeId, QUEUES } from './names.js';
import { RestoreExpired } from './restore-expired.js';
import { Semaphore } from './semaphore.js';
import { faultOf, TriesUsedUp } from './tries.js';

/**
 * Merges tables, each in a child workflow of its own: one that fails neither stops nor delays another.
 * Returns the tables that came out merged.
 */
export async function mergeRound(day: Day, tables: string[], round: number): Promise<string[]> {
  if (tables.length === 0) return [];
  const { policies } = day.prepared;
  const rounds = policies.requeue.rounds + 1;
  const slots = new Semaphore(day.atOnce.merges);
  const suffix = round > 1 ? `, round ${round} of ${rounds}` : '';
  day.enter('merging', `merging ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}${suffix}`);
  const merged: string[] = [];
  const planned = (table: string) => day.planned.tables.find((candidate) => candidate.table === table)!;
  const expired = new RestoreExpired(
    day,
    tables.map((table) => ({ table, version: planned(table).version })),
  );
  const merge = (table: string) => {
    const { version } = planned(table);
    return executeChild(mergeTable, {
      workflowId: mergeId(day.partner, day.date, version, table, round),
      taskQueue: QUEUES.control,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `${table}${suffix}`,
      priority: { fairnessKey: day.partner },
      args: [
        {
          ...day.ref,
          version,
          table,
          round,
          rounds,
          policy: policies.merge,
          heartbeat: policies.heartbeat,
        },
      ],
    });
  };
  const one = async (table: string) => {
    day.state.mergeStarted(table, round);
    day.show();
    try {
      const result = await merge(table).catch((error) => mergeAgain(error, expired, () => merge(table)));
      day.state.merged(table, result.rows, result.bytes, result.tries);
      merged.push(table);
    } catch (error) {
      if (isCancellation(error)) throw error;
      day.state.mergeFailed(tableFailure(table, round, error));
    }
    day.show();
  };
  await Promise.all(tables.map((table) => slots.run(() => one(table))));
  return merged;
}

/** A table whose rows have expired is merged once they have been read again. */
async function mergeAgain<T>(error: unknown, expired: RestoreExpired, merge: () => Promise<T>): Promise<T> {
  if (failureOf(error)?.type !== 'SegmentsExpiredError') throw error;
  const { archives, failed } = await expired.restore();
  try {
    return await merge();
  } catch (again) {
    const failure = failureOf(again);
    if (failed === 0 || failure?.type !== 'SegmentsExpiredError') throw again;
    const detail = `${failure.error}; ${failed} of ${archives} such archives could not be read again`;
    throw ApplicationFailure.create({
      type: MERGE_FAILED,
      message: detail,
      details: [{ ...failure, error: detail, transient: true } satisfies MergeFailure],
    });
  }
}

/** What `mergeTable` said of its failure. */
function failureOf(error: unknown): MergeFailure | undefined {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  const isMerge = cause instanceof ApplicationFailure && cause.type === MERGE_FAILED;
  return isMerge ? (cause.details?.[0] as MergeFailure) : undefined;
}

function tableFailure(table: string, round: number, error: unknown): TableFailure {
  const detail = failureOf(error);
  if (detail) return { table, rounds: round, ...detail };
  const { type, message, transient } = error instanceof TriesUsedUp ? error.fault : faultOf(error);
  return { table, rounds: round, type, error: message, tries: 1, transient };
}
