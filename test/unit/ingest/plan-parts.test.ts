import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedRange } from '../../../src/ingest/planning/plan.js';
import { type PartsPlan, partsOf, planParts, type Step } from '../../../src/ingest/planning/plan-parts.js';
import type { MultipartLimits } from '../../../src/store/object-store.js';

const HEADERS = [['a', 'b'], ['b'], ['b', 'c']];
const MIB = 2 ** 20;
const S3: MultipartLimits = {
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * 2 ** 30,
  maxParts: 10_000,
  minCopySourceBytes: 5_000_000,
  maxObjectBytes: 5 * 2 ** 40,
};

function range(key: string, offset: number, bytes: number, header = 0): PlannedRange {
  return { key, etag: `e-${key}`, offset, bytes, crc32: 0, rows: 1, header };
}

function plan(ranges: PlannedRange[], limits: MultipartLimits, header = Buffer.from('a,b\n')): PartsPlan {
  return planParts({ key: 'orders.csv', header, headers: HEADERS, ranges, limits, copyAtLeast: 1 });
}

/** What the steps put out, as `key@offset+length` runs, joined where they touch. */
function output(steps: readonly Step[]): string[] {
  const runs: { name: string; start: number; end: number }[] = [];
  const add = (name: string, start: number, length: number) => {
    const last = runs.at(-1);
    if (last?.name === name && last.end === start) last.end += length;
    else runs.push({ name, start, end: start + length });
  };
  for (const step of steps) {
    if (step.kind === 'copy') add(step.key, step.offset, step.length);
    else
      for (const piece of step.pieces) {
        if (piece.kind === 'header') add('header', 0, piece.bytes.length);
        else if (piece.kind === 'verbatim') add(piece.range.key, piece.offset, piece.length);
        else add(`rewritten ${piece.range.key}`, piece.range.offset, piece.range.bytes);
      }
  }
  return runs.map(({ name, start, end }) => `${name}@${start}+${end - start}`);
}

/** Checks every limit of an upload, with the fewest bytes each run may turn out to have. */
function checkUpload(steps: readonly Step[], limits: MultipartLimits): void {
  let parts = 0;
  steps.forEach((step, index) => {
    const last = index === steps.length - 1;
    if (step.kind === 'copy') {
      parts++;
      expect(step.length).toBeLessThanOrEqual(limits.maxPartBytes);
      expect(step.offset + step.length).toBeGreaterThan(limits.minCopySourceBytes);
      if (!last) expect(step.length).toBeGreaterThanOrEqual(limits.minPartBytes);
      return;
    }
    parts += partsOf(step.size.max, step.partBytes, limits.minPartBytes);
    expect(step.partBytes).toBeGreaterThanOrEqual(limits.minPartBytes);
    expect(step.partBytes + limits.minPartBytes).toBeLessThanOrEqual(limits.maxPartBytes);
    if (!last) expect(step.size.min).toBeGreaterThanOrEqual(limits.minPartBytes);
  });
  expect(parts).toBeLessThanOrEqual(limits.maxParts);
}

const scaled = fc
  .record({
    minPartBytes: fc.integer({ min: 2, max: 20 }),
    spread: fc.integer({ min: 2, max: 5 }),
    maxParts: fc.integer({ min: 2, max: 30 }),
  })
  .map(({ minPartBytes, spread, maxParts }) => ({
    minPartBytes,
    maxPartBytes: minPartBytes * spread,
    maxParts,
    minCopySourceBytes: minPartBytes - 1,
    maxObjectBytes: 1e9,
  }));

const drafts = fc.array(
  fc.record({
    bytes: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 300 })),
    header: fc.constantFrom(0, 0, 0, 1, 2),
    gap: fc.integer({ min: 0, max: 3 }),
    fresh: fc.boolean(),
  }),
  { maxLength: 40 },
);

function lay(items: { bytes: number; header: number; gap: number; fresh: boolean }[]): PlannedRange[] {
  let [object, offset] = [0, 0];
  return items.map(({ bytes, header, gap, fresh }) => {
    if (fresh) [object, offset] = [object + 1, 0];
    const made = range(`o${object}`, offset + gap, bytes, header);
    offset += gap + bytes;
    return made;
  });
}

describe('the parts of a table', () => {
  it('cover exactly the header and the ranges, in order, within all limits, in one upload or many', () => {
    fc.assert(
      fc.property(drafts, scaled, (items, limits) => {
        const ranges = lay(items);
        // A run that nothing can be cut from needs more parts than there are: the planner says so instead.
        let planned: PartsPlan;
        try {
          planned = plan(ranges, { ...limits, maxPartBytes: Math.max(limits.maxPartBytes, 200) });
        } catch (error) {
          expect((error as Error).message).toMatch(/a run of \d+ bytes needs/);
          return;
        }
        const wanted = output([
          {
            kind: 'worker',
            partBytes: 1,
            size: { min: 0, max: 0 },
            pieces: [{ kind: 'header', bytes: Buffer.from('a,b\n') }],
          },
          ...ranges.map(
            (item): Step => ({
              kind: 'worker',
              partBytes: 1,
              size: { min: 0, max: 0 },
              pieces: [
                item.header === 0
                  ? { kind: 'verbatim', range: item, offset: item.offset, length: item.bytes }
                  : { kind: 'rewrite', range: item },
              ],
            }),
          ),
        ]);
        expect(output(planned.uploads.flat())).toEqual(wanted);
        for (const steps of planned.uploads)
          checkUpload(steps, { ...limits, maxPartBytes: Math.max(limits.maxPartBytes, 200) });
      }),
    );
  });

  it('of several uploads can be joined by copying alone, level by level', () => {
    const limits = { ...S3, minPartBytes: 10, maxPartBytes: 2_000, maxParts: 4, minCopySourceBytes: 9 };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 120 }), (sizes) => {
        const bytes = sizes.reduce((sum, size) => sum + size, 0);
        const parts = sizes.map((size, n) => range(`o${n}`, 0, size));
        let planned = plan(parts, limits);
        let total = planned.size.max;
        for (let level = 0; planned.uploads.length > 1; level++) {
          expect(level).toBeLessThan(6);
          const ranges = planned.uploads.map((steps, index) => {
            const size = steps.reduce(
              (sum, step) => sum + (step.kind === 'copy' ? step.length : step.size.max),
              0,
            );
            return range(`${level}-${index}`, 0, size);
          });
          planned = plan(ranges, limits, Buffer.alloc(0));
          expect(planned.workerBytes).toBe(0);
          for (const steps of planned.uploads) checkUpload(steps, limits);
          total = planned.size.max;
        }
        expect(total).toBe(bytes + 4);
      }),
    );
  });

  it('let the header travel with the first 5 MiB of a large range', () => {
    const { uploads, workerBytes } = plan([range('o', 0, 100 * MIB)], S3);
    expect(output(uploads.flat())).toEqual(['header@0+4', `o@0+${100 * MIB}`]);
    expect(workerBytes).toBe(5 * MIB - 4);
    expect(uploads[0]!.map(({ kind }) => kind)).toEqual(['worker', 'copy']);
  });

  it('grow a small run by the head of the next range, unless too little of it would be left', () => {
    const small = range('s', 0, 100);
    const first = range('o', 0, 50 * MIB);
    const grown = plan([first, small, range('p', 0, 20 * MIB), range('q', 0, 50 * MIB)], S3);
    expect(grown.workerBytes).toBe(2 * 5 * MIB - 4);
    const swallowed = plan([first, small, range('p', 0, 6 * MIB), range('q', 0, 50 * MIB)], S3);
    expect(swallowed.workerBytes).toBe(5 * MIB - 4 + 100 + 6 * MIB);
    const last = plan([first, small, range('p', 0, 6 * MIB)], S3);
    expect(last.workerBytes).toBe(2 * 5 * MIB - 4);
  });

  it('cut a range above the largest part evenly', () => {
    const { uploads } = plan([range('o', 0, 11 * 2 ** 30)], S3);
    const copies = uploads.flat().filter((step) => step.kind === 'copy');
    expect(copies).toHaveLength(3);
    expect(Math.min(...copies.map((step) => (step as { length: number }).length))).toBeGreaterThan(
      3 * 2 ** 30,
    );
  });

  it('put at most 1 % of large ranges and 10 MiB through the worker', () => {
    const ranges = Array.from({ length: 50 }, (_, n) => range(`o${n}`, 0, 64 * MIB));
    expect(plan(ranges, S3).workerBytes).toBeLessThanOrEqual(0.01 * 50 * 64 * MIB + 10 * MIB);
  });

  it('of an empty table are its header', () => {
    const { uploads, size } = plan([], S3);
    expect(output(uploads.flat())).toEqual(['header@0+4']);
    expect(size).toEqual({ min: 4, max: 4 });
  });

  it('are refused for a table larger than the store’s largest object', () => {
    const ranges = Array.from({ length: 3 }, (_, n) => range(`o${n}`, 0, 2 * 2 ** 40));
    expect(() => plan(ranges, S3)).toThrow(/orders\.csv: up to \d+ bytes, more than the largest object/);
  });
});
