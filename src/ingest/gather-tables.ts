import { TerminalError } from '../errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { readJson, requireJson } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type TableEvidence, tableEvidence } from './ledger.js';
import { mergeReceiptSchema } from './merge-receipt.js';
import { type Plan, type PlanTable, type TableHead, type TablePlan, tablePlanSchema } from './plan.js';
import type { Publication, PublishedTable } from './publication.js';
import { findLastGood, type LastGood } from './registry.js';

/** A table of the version that is neither merged nor known to have failed: it is too early to publish. */
export class UnmergedTableError extends TerminalError {}

/** Why a table could not be merged, after all its tries of so many rounds. */
export interface MergeFailureRecord {
  error: string;
  tries: number;
  rounds: number;
}

export interface GatheredTable {
  head: TableHead;
  /** Describes the rows readers get: of a stale table that is an earlier plan. */
  shown: TableHead;
  evidence: TableEvidence;
  published: PublishedTable;
  failure?: MergeFailureRecord;
}

export interface GatherInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  plan: Plan;
  failures: ReadonlyMap<string, MergeFailureRecord>;
  /** What readers see now. */
  earlier: Publication | undefined;
  lastGood?: ((table: string) => Promise<LastGood | undefined>) | undefined;
  call: CallOptions;
}

/** Reads, table by table, what the store holds for a version: plan, receipt, and the object itself. */
export async function gatherTables(input: GatherInput): Promise<GatheredTable[]> {
  const gathered: GatheredTable[] = [];
  for (const table of input.plan.tables) gathered.push(await gather(table, input));
  return gathered;
}

async function gather(entry: PlanTable, input: GatherInput): Promise<GatheredTable> {
  const { store, layout, call } = input;
  const version = layout.version(entry.version);
  const plan = await requireJson(store, version.tablePlan(entry.table), tablePlanSchema, call);
  const head = headOf(plan);
  const receipt = await readJson(store, version.merged(entry.table), mergeReceiptSchema, call);
  if (receipt !== undefined) {
    const object = await store.head(receipt.key, call);
    const { key, bytes, rows, crc32, etag } = receipt;
    const { table, columns } = plan;
    return {
      head,
      shown: head,
      evidence: tableEvidence(plan, receipt, object),
      published: { table, status: 'merged', key, bytes, rows, crc32, etag, version: plan.version, columns },
    };
  }
  const failure = failureOf(plan, input);
  const before = input.earlier?.tables.find(({ table }) => table === plan.table);
  if (before?.key !== undefined && before.version !== undefined) {
    const shown = await requireJson(
      store,
      layout.version(before.version).tablePlan(plan.table),
      tablePlanSchema,
      call,
    );
    return {
      head,
      shown: headOf(shown),
      evidence: tableEvidence(plan),
      published: { ...before, status: 'stale', error: failure.error },
      failure,
    };
  }
  const find = input.lastGood ?? ((table) => findLastGood(store, layout, table, call));
  const lastGood = await find(plan.table);
  return {
    head,
    shown: head,
    evidence: tableEvidence(plan),
    published: {
      table: plan.table,
      status: 'failed',
      error: failure.error,
      ...(lastGood === undefined ? {} : { lastGood }),
    },
    failure,
  };
}

function failureOf(plan: TablePlan, { failures, layout }: GatherInput): MergeFailureRecord {
  const failure = failures.get(plan.table);
  if (failure !== undefined) return failure;
  if (plan.refused !== undefined) return { error: plan.refused, tries: 0, rounds: 0 };
  throw new UnmergedTableError(
    `${layout.prefix}: table ${plan.table} has no receipt and is not among the failed ones; merge it first`,
  );
}

function headOf({ ranges: _ranges, headers: _headers, ...head }: TablePlan): TableHead {
  return head;
}
