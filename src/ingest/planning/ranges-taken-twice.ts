import type { PlannedRange } from './plan.js';

type Part = Pick<PlannedRange, 'offset' | 'bytes'>;

/** How many ranges share bytes with another range of the same object: each would put rows into the table twice. */
export function* rangesTakenTwice(ranges: Iterable<PlannedRange>): Generator<undefined, number> {
  const objects = new Map<string, Part[]>();
  for (const { key, offset, bytes } of ranges) {
    const there = objects.get(key);
    if (there === undefined) objects.set(key, [{ offset, bytes }]);
    else there.push({ offset, bytes });
    yield;
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
    yield;
  }
  return twice;
}
