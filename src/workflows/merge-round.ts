import {
  ApplicationFailure,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { TableFailure } from '../activities/contract.js';
import type { Day } from './day.js';
import { type MergeFailure, mergeTable } from './merge-table.js';
import { mergeId, QUEUES } from './names.js';
import { Semaphore } from './semaphore.js';

/**
 * Merges tables, each in a child workflow of its own: one that fails neither stops nor delays another.
 * Returns the tables that came out merged.
 */
export async function mergeRound(day: Day, tables: string[], round: number): Promise<string[]> {
  if (tables.length === 0) return [];
  const { policies } = day.prepared;
  const rounds = policies.requeue.rounds + 1;
  const slots = new Semaphore(policies.maxConcurrentMerges);
  const suffix = round > 1 ? `, round ${round} of ${rounds}` : '';
  day.enter('merging', `merging ${tables.length} ${tables.length === 1 ? 'table' : 'tables'}${suffix}`);
  const merged: string[] = [];
  const one = async (table: string) => {
    const { version } = day.planned.tables.find((candidate) => candidate.table === table)!;
    day.state.mergeStarted(table, round);
    day.show();
    try {
      const result = await executeChild(mergeTable, {
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

function tableFailure(table: string, round: number, error: unknown): TableFailure {
  const cause = error instanceof ChildWorkflowFailure ? error.cause : error;
  const detail =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as MergeFailure | undefined) : undefined;
  if (detail) return { table, rounds: round, ...detail };
  const message = cause instanceof Error ? cause.message : String(cause);
  return { table, rounds: round, type: 'MergeFailed', error: message, tries: 1, transient: false };
}
