import { TerminalError } from '../../errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { requireJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { type MergeReceipt, mergeReceiptSchema } from '../merging/merge-receipt.js';
import type { TablePlan } from '../planning/plan.js';
import { readTablePlan } from '../planning/read-plan.js';
import { requirePublication } from '../publication/pointer.js';

/** There is no such table, row, byte or member in what is published. */
export class NotInTableError extends TerminalError {}

/** A published table with all that says where its rows came from. */
export interface PublishedRows {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  /** The version readers see. The table itself may be of an earlier one: `plan.version`. */
  readonly version: number;
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly rows: number;
  readonly plan: TablePlan;
  readonly receipt: MergeReceipt;
  readonly call: CallOptions;
}

/** @throws NotPublishedError, NotInTableError */
export async function readPublishedRows(
  store: ObjectStore,
  layout: PartnerDayLayout,
  table: string,
  call: CallOptions = {},
): Promise<PublishedRows> {
  const { version, tables } = await requirePublication(store, layout, call);
  const published = tables.find((candidate) => candidate.table === table);
  const day = `${layout.partner} ${layout.date}`;
  if (published === undefined) {
    const known = tables.map((candidate) => candidate.table).join(', ') || 'none';
    throw new NotInTableError(`${day} has no table ${JSON.stringify(table)}: expected one of ${known}`);
  }
  if (published.key === undefined || published.version === undefined) {
    throw new NotInTableError(`table ${table} of ${day} has no rows: ${published.error ?? published.status}`);
  }
  const keys = layout.version(published.version);
  const plan = await readTablePlan(store, keys, table, call);
  const receipt = await requireJson(store, keys.merged(table), mergeReceiptSchema, call);
  const { key, etag, bytes, rows } = receipt;
  return { store, layout, version, key, etag, bytes, rows, plan, receipt, call };
}
