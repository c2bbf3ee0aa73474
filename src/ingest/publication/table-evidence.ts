import type { ObjectInfo } from '../../store/object-store.js';
import { headerLine } from '../merging/header-line.js';
import type { MergeReceipt } from '../merging/merge-receipt.js';
import type { EarlierTable } from '../planning/earlier-table.js';
import type { TableHead } from '../planning/plan.js';
import type { RangeList } from '../planning/range-list.js';
import { rangesTakenTwice } from '../planning/ranges-taken-twice.js';
import type { Ledger } from './ledger.js';
import type { PublishedTable } from './publication.js';

/** What is known of one table when its version is published; small, whatever the size of its plan. */
export interface TableEvidence {
  table: string;
  members: TableHead['members'];
  rowsPlanned: number;
  rowsRead: number;
  rowsQuarantined: number;
  rowsDuplicate: number;
  ranges: number;
  rangesTakenTwice: number;
  headerBytes: number;
  copiedBytes: number;
  /** Absent: the table failed in this version. */
  merged?: { rows: number; rewrittenBytes: number; crc32: number; storedBytes: number; storedCrc32?: number };
}

/** `receipt` and `object` (what the store reports now) of a table that was merged; neither of one that failed. */
export function* tableEvidence(
  plan: EarlierTable,
  receipt?: MergeReceipt | undefined,
  object?: ObjectInfo | undefined,
): Generator<undefined, TableEvidence> {
  const { head, ranges } = plan;
  return {
    ...ofHead(head),
    ranges: ranges.length,
    rangesTakenTwice: yield* rangesTakenTwice(ranges),
    headerBytes: headerLine(head.columns).byteLength,
    copiedBytes: yield* copiedBytes(plan, receipt),
    ...(receipt === undefined ? {} : { merged: merged(receipt, receipt.rewrittenBytes, object) }),
  };
}

/**
 * The same of a table that an earlier version published, from that version's ledger: its plan has not changed, and is
 * not read again; what the store holds now is asked again.
 */
export function publishedEvidence(
  head: TableHead,
  published: PublishedTable,
  { identities }: Ledger,
  object: ObjectInfo | undefined,
): TableEvidence | undefined {
  const named = (name: string) => identities.find((identity) => identity.name === `${name} of ${head.table}`);
  const [ranges, bytes] = [named('ranges'), named('bytes')];
  const { rows, crc32 } = published;
  if (ranges === undefined || bytes === undefined || rows === undefined || crc32 === undefined)
    return undefined;
  const { header = 0, copied = 0, rewritten = 0 } = bytes.parts;
  return {
    ...ofHead(head),
    ranges: ranges.left,
    rangesTakenTwice: ranges.left - (ranges.parts.takenOnce ?? 0),
    headerBytes: header,
    copiedBytes: copied,
    merged: merged({ rows, crc32 }, rewritten, object),
  };
}

function ofHead({ table, members, rows, rowsRead, rowsQuarantined, rowsDuplicate }: TableHead) {
  return { table, members, rowsPlanned: rows, rowsRead, rowsQuarantined, rowsDuplicate };
}

function merged(
  { rows, crc32 }: Pick<MergeReceipt, 'rows' | 'crc32'>,
  rewrittenBytes: number,
  object: ObjectInfo | undefined,
): NonNullable<TableEvidence['merged']> {
  return {
    rows,
    rewrittenBytes,
    crc32,
    storedBytes: object?.bytes ?? 0,
    ...(object?.crc32 === undefined ? {} : { storedCrc32: object.crc32 }),
  };
}

/** What went into the table as it stood in its source: in ranges with its columns, and in what was taken over. */
function* copiedBytes(
  { ranges, reuse }: EarlierTable,
  receipt: MergeReceipt | undefined,
): Generator<undefined, number> {
  const alone = yield* sums(ranges, 0, ranges.length);
  if (reuse === undefined || receipt === undefined) return alone.copied;
  const first = reuse.first?.ranges ?? 0;
  const last = ranges.length - (reuse.last?.ranges ?? 0);
  const between = yield* sums(ranges, first, last);
  // The earlier table may have been gone when it was merged. Which way it went the rewritten rows tell; where they are
  // the same in both, so are the bytes.
  if (receipt.rewrittenRows !== between.rewrittenRows) return alone.copied;
  return between.copied + (reuse.first?.bytes ?? 0) + (reuse.last?.bytes ?? 0);
}

function* sums(
  ranges: RangeList,
  from: number,
  to: number,
): Generator<undefined, { copied: number; rewrittenRows: number }> {
  const sum = { copied: 0, rewrittenRows: 0 };
  for (let index = from; index < to; index++) {
    const { header, bytes, rows } = ranges.at(index);
    if (header === 0) sum.copied += bytes;
    else sum.rewrittenRows += rows;
    yield;
  }
  return sum;
}
