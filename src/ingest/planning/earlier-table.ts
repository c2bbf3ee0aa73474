import { canonicalJson } from '../../config/rules-id.js';
import type { TableHead, TablePlan, TableReuse } from './plan.js';
import { RangeList } from './range-list.js';
import type { FoldedTable } from './table-fold.js';

/** A table's plan in the version before. */
export interface EarlierTable {
  readonly head: TableHead;
  readonly headers: readonly (readonly string[])[];
  readonly ranges: RangeList;
  readonly reuse?: TableReuse | undefined;
}

export function earlierTable({ ranges, headers, reuse, ...head }: TablePlan): EarlierTable {
  const list = new RangeList();
  for (const range of ranges) list.append(range);
  return { head, headers, ranges: list, reuse };
}

/** Whether a table comes out as it was: then it keeps its earlier version, and is neither merged nor copied again. */
export function* isUnchanged(
  { head, headers, ranges }: FoldedTable,
  earlier: EarlierTable,
): Generator<undefined, boolean> {
  const { version: _, ...before } = earlier.head;
  if (ranges.length !== earlier.ranges.length) return false;
  if (canonicalJson([head, headers]) !== canonicalJson([before, earlier.headers])) return false;
  for (let index = 0; index < ranges.length; index++) {
    if (!ranges.sameAt(index, earlier.ranges, index)) return false;
    if (ranges.headerAt(index) !== earlier.ranges.headerAt(index)) return false;
    if (index % 1_000 === 0) yield;
  }
  return true;
}
