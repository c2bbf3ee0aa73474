import { TerminalError } from '../../errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { mergeReceiptSchema } from '../merging/merge-receipt.js';
import type { Plan, PlanTable, TableHead } from '../planning/plan.js';
import { readEarlierTable, readTableOutline } from '../planning/read-plan.js';
import { Turns } from '../turns.js';
import { type Ledger, ledgerSchema } from './ledger.js';
import type { Publication, PublishedTable } from './publication.js';
import { findLastGood, type LastGood } from './registry.js';
import { publishedEvidence, type TableEvidence, tableEvidence } from './table-evidence.js';

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

/**
 * Reads, table by table, what the store holds for a version: plan, receipt, and the object itself. Of what readers see
 * already only the object.
 */
export async function gatherTables(input: GatherInput): Promise<GatheredTable[]> {
  const { store, earlier, call } = input;
  const ledger =
    earlier === undefined ? undefined : await readJson(store, earlier.ledgerKey, ledgerSchema, call);
  const gathered: GatheredTable[] = [];
  for (const table of input.plan.tables) {
    gathered.push((await gatherPublished(table, input, ledger)) ?? (await gather(table, input)));
  }
  return gathered;
}

/** A table that is part of the earlier version as it stands. */
async function gatherPublished(
  { table, version }: PlanTable,
  { store, layout, earlier, call }: GatherInput,
  ledger: Ledger | undefined,
): Promise<GatheredTable | undefined> {
  const published = earlier?.tables.find((entry) => entry.table === table);
  if (ledger === undefined || published?.status !== 'merged' || published.version !== version)
    return undefined;
  const { head } = await readTableOutline(store, layout.version(version), table, call);
  const object = await store.head(published.key!, call);
  const evidence = publishedEvidence(head, published, ledger, object);
  return evidence === undefined ? undefined : { head, shown: head, evidence, published };
}

async function gather(entry: PlanTable, input: GatherInput): Promise<GatheredTable> {
  const { store, layout, call } = input;
  const { table, version } = entry;
  const keys = layout.version(version);
  const turns = new Turns(call.signal);
  const plan = await readEarlierTable(store, keys, table, call);
  const { head } = plan;
  const receipt = await readJson(store, keys.merged(table), mergeReceiptSchema, call);
  if (receipt !== undefined) {
    const object = await store.head(receipt.key, call);
    const { key, bytes, rows, crc32, etag } = receipt;
    const { columns } = head;
    return {
      head,
      shown: head,
      evidence: await turns.take(tableEvidence(plan, receipt, object)),
      published: { table, status: 'merged', key, bytes, rows, crc32, etag, version, columns },
    };
  }
  const evidence = await turns.take(tableEvidence(plan));
  const failure = failureOf(head, input);
  const before = input.earlier?.tables.find((published) => published.table === table);
  if (before?.key !== undefined && before.version !== undefined) {
    const shown = await readTableOutline(store, layout.version(before.version), table, call);
    return {
      head,
      shown: shown.head,
      evidence,
      published: { ...before, status: 'stale', error: failure.error },
      failure,
    };
  }
  const find = input.lastGood ?? ((failed) => findLastGood(store, layout, failed, call));
  const lastGood = await find(table);
  return {
    head,
    shown: head,
    evidence,
    published: {
      table,
      status: 'failed',
      error: failure.error,
      ...(lastGood === undefined ? {} : { lastGood }),
    },
    failure,
  };
}

function failureOf(
  { table, refused }: TableHead,
  { failures, layout }: Pick<GatherInput, 'failures' | 'layout'>,
): MergeFailureRecord {
  const failure = failures.get(table);
  if (failure !== undefined) return failure;
  if (refused !== undefined) return { error: refused, tries: 0, rounds: 0 };
  throw new UnmergedTableError(
    `${layout.prefix}: table ${table} has no receipt and is not among the failed ones; merge it first`,
  );
}
