import { combineCrc32 } from '../store/crc32.js';
import type { PlannedRange } from './plan.js';

/** The ranges of one table in canonical order; neighbours of one header and one object become one range. */
export class RangeList {
  readonly #ranges: PlannedRange[] = [];

  /** `header` is an index the caller knows; `renumbered` turns it into the plan's. */
  add(range: PlannedRange): void {
    if (range.bytes === 0) return;
    const last = this.#ranges.at(-1);
    if (
      last !== undefined &&
      last.header === range.header &&
      last.key === range.key &&
      last.etag === range.etag &&
      last.offset + last.bytes === range.offset
    ) {
      last.crc32 = combineCrc32(last.crc32, range.crc32, range.bytes);
      last.bytes += range.bytes;
      last.rows += range.rows;
    } else {
      this.#ranges.push(range);
    }
  }

  /** The ranges, once: their headers are renumbered in place. */
  renumbered(header: (index: number) => number): PlannedRange[] {
    for (const range of this.#ranges) range.header = header(range.header);
    return this.#ranges;
  }
}
