import type { PlannedRange } from './plan.js';

/** How many ranges share bytes with another range of the same object: each would put rows into the table twice. */
export function rangesTakenTwice(ranges: readonly PlannedRange[]): number {
  const objects = new Map<string, PlannedRange[]>();
  for (const range of ranges) {
    const there = objects.get(range.key);
    if (there === undefined) objects.set(range.key, [range]);
    else there.push(range);
  }
  let twice = 0;
  for (const group of objects.values()) {
    if (group.length === 1) continue;
    group.sort((a, b) => a.offset - b.offset);
    let end = 0;
    for (const range of group) {
      if (range.offset < end) twice++;
      end = Math.max(end, range.offset + range.bytes);
    }
  }
  return twice;
}
