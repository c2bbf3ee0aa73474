import { combineCrc32, crc32 } from '../../store/crc32.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { headerLine } from '../merging/header-line.js';
import type { MergeReceipt } from '../merging/merge-receipt.js';
import type { EarlierTable } from './earlier-table.js';
import type { PlannedRange, TablePlan, TableReuse, TakenOver } from './plan.js';
import type { FoldedTable } from './table-fold.js';

/** Fewer ranges than this are not worth another source. */
const LEAST_RANGES = 2;

/**
 * What a changed table can take over from the table of the version before: its first ranges, and its last ones, are
 * neighbours there, too, and one copy instead of thousands. Only where the CRC32 of the run is known without reading
 * it: of ranges that were copied, and of all of them.
 */
export function* reuseOf(
  { head, headers, ranges }: FoldedTable,
  earlier: EarlierTable,
  receipt: MergeReceipt,
): Generator<undefined, TableReuse | undefined> {
  const { ranges: there } = earlier;
  if (JSON.stringify(head.columns) !== JSON.stringify(earlier.head.columns)) return undefined;
  // Where columns were left out, nobody knows the offsets of the ranges.
  if (receipt.shrunkBytes !== undefined) return undefined;
  const texts = headers.map((columns) => JSON.stringify(columns));
  const textsThere = earlier.headers.map((columns) => JSON.stringify(columns));
  const same = (index: number, at: number) =>
    ranges.sameAt(index, there, at) && texts[ranges.headerAt(index)] === textsThere[there.headerAt(at)];
  const shorter = Math.min(ranges.length, there.length);
  let first = 0;
  for (; first < shorter && same(first, first); first++) yield;
  let last = 0;
  for (; last < shorter - first && same(ranges.length - 1 - last, there.length - 1 - last); last++) yield;
  if (first < there.length) first = yield* copiedFrom(earlier, 0, 1, first);
  if (last < there.length) last = yield* copiedFrom(earlier, there.length - 1, -1, last);
  const start = yield* takenOver(earlier, receipt, 0, first);
  const end = yield* takenOver(earlier, receipt, there.length - last, last);
  if (start === undefined && end === undefined) return undefined;
  return {
    key: receipt.key,
    etag: receipt.etag,
    ...(start === undefined ? {} : { first: start }),
    ...(end === undefined ? {} : { last: end }),
  };
}

/**
 * The plan as it is to be merged: what it takes over from an earlier table is read from there, as long as that is as
 * it was.
 */
export async function planToMerge(
  store: ObjectStore,
  plan: TablePlan,
  options: CallOptions = {},
): Promise<TablePlan> {
  const { reuse } = plan;
  if (reuse === undefined) return plan;
  const there = await store.head(reuse.key, options);
  return there?.etag === reuse.etag ? { ...plan, ranges: [...rangesToMerge(plan)] } : plan;
}

/** What a merge of the plan reads: its ranges, but for those it takes over. */
export function rangesToMerge({
  ranges,
  reuse,
}: Pick<TablePlan, 'ranges' | 'reuse'>): readonly PlannedRange[] {
  if (reuse === undefined) return ranges;
  const { key, etag, first, last } = reuse;
  const run = (taken: TakenOver | undefined): PlannedRange[] => {
    if (taken === undefined) return [];
    const { offset, bytes, crc32: sum, rows } = taken;
    return [{ key, etag, offset, bytes, crc32: sum, rows, header: 0 }];
  };
  const others = ranges.slice(first?.ranges ?? 0, ranges.length - (last?.ranges ?? 0));
  return [...run(first), ...others, ...run(last)];
}

/** How many ranges in a row, from there on, were copied as they are. */
function* copiedFrom(
  { ranges }: EarlierTable,
  from: number,
  step: 1 | -1,
  most: number,
): Generator<undefined, number> {
  for (let count = 0; count < most; count++) {
    if (ranges.headerAt(from + step * count) !== 0) return count;
    yield;
  }
  return most;
}

function* takenOver(
  { head, ranges }: EarlierTable,
  receipt: MergeReceipt,
  from: number,
  count: number,
): Generator<undefined, TakenOver | undefined> {
  if (count < LEAST_RANGES) return undefined;
  const header = headerLine(head.columns);
  const run = { ranges: count, offset: header.byteLength, bytes: 0, crc32: 0, rows: 0 };
  for (let index = from; index < from + count; index++) {
    const { bytes, crc32: sum, rows } = ranges.at(index);
    run.bytes += bytes;
    run.crc32 = combineCrc32(run.crc32, sum, bytes);
    run.rows += rows;
    yield;
  }
  if (count === ranges.length) {
    // Some may have been rewritten: what is behind the header line is told by the whole.
    run.bytes = receipt.bytes - header.byteLength;
    run.crc32 = (receipt.crc32 ^ combineCrc32(crc32(header), 0, run.bytes)) >>> 0;
  } else if (from > 0) {
    run.offset = receipt.bytes - run.bytes;
  }
  return run;
}
