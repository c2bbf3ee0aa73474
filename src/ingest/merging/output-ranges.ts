import { projectedBytes } from '../../csv/projection.js';
import type { PlannedRange, TablePlan } from '../planning/plan.js';
import { headerLine } from './header-line.js';
import type { MergeReceipt } from './merge-receipt.js';

/** Bytes a range gives in the table; `undefined` where columns are left out, whose bytes no plan counts. */
export function plannedBytes(
  { headers }: Pick<TablePlan, 'headers'>,
  { header, bytes, rows }: Pick<PlannedRange, 'header' | 'bytes' | 'rows'>,
): number | undefined {
  if (header === 0) return bytes;
  const { min, max } = projectedBytes(headers[header]!, headers[0]!, bytes, rows);
  return min === max ? min : undefined;
}

/** Where the rows of a range are in the merged table. */
export interface OutputRange {
  readonly range: PlannedRange;
  /** Rows before it. */
  readonly row: number;
  /** Offset of its first byte, and its length; absent where the receipt does not tell what the plan cannot. */
  readonly offset?: number;
  readonly bytes?: number;
}

/** The ranges of a merged table, in order. */
export function* outputRanges(
  plan: Pick<TablePlan, 'columns' | 'headers' | 'ranges'>,
  { shrunkBytes = [] }: Pick<MergeReceipt, 'shrunkBytes'>,
): Generator<OutputRange> {
  let row = 0;
  let offset: number | undefined = headerLine(plan.columns).byteLength;
  let shrunk = 0;
  for (const range of plan.ranges) {
    const bytes: number | undefined = plannedBytes(plan, range) ?? shrunkBytes[shrunk++];
    yield {
      range,
      row,
      ...(offset === undefined ? {} : { offset }),
      ...(bytes === undefined ? {} : { bytes }),
    };
    row += range.rows;
    offset = offset === undefined || bytes === undefined ? undefined : offset + bytes;
  }
}
