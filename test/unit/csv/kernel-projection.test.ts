import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKernelProjection } from '../../../src/csv/kernel/kernel-projection.js';
import { BrokenRowsError, createProjection, type Projection } from '../../../src/csv/projection.js';

const RUNS = Number(
  process.env.PARTNERDAY_PROPERTY_RUNS ?? (process.env.PARTNERDAY_DEEP === '1' ? 20_000 : 1_000),
);
/** Of a property: a minute and 50 ms a case, on a busy machine. */
const TIMEOUT = 60_000 + 50 * RUNS;

const field = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 99_999 }).map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', '""', '"a,b"', '"line\nbreak"', '"say ""hi"""', '","', '"\n"'),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }).map((text) => text.replace(/[",\r\n]/g, '_')) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(100), `"${',\n'.repeat(200)}"`) },
);

const table = fc.integer({ min: 1, max: 24 }).chain((columns) => {
  const from = Array.from({ length: columns }, (_, i) => `c${i}`);
  return fc.record({
    from: fc.constant(from),
    // New columns among a permutation of some of the old ones.
    to: fc
      .shuffledSubarray([...from, 'n0', 'n1', 'n2', 'n3'], { minLength: 1 })
      .chain((some) => fc.constantFrom(some, from, from.toReversed(), [...from, 'n0'], ['n0', ...from])),
    rows: fc.array(
      fc.tuple(fc.array(field, { minLength: columns, maxLength: columns }), fc.integer({ min: 1, max: 60 })),
      { maxLength: 20 },
    ),
    damage: fc.constantFrom(undefined, undefined, undefined, ',\n', '\n', '"\n', 'split', 'cut'),
    at: fc.nat(),
  });
});

function outcome(projection: Projection, chunks: readonly Uint8Array[]) {
  try {
    const parts = chunks.map((chunk) => Buffer.from(projection.write(chunk)));
    const { rows } = projection.end();
    return { rows, written: Buffer.concat(parts).toString('latin1') };
  } catch (error) {
    if (!(error instanceof BrokenRowsError)) throw error;
    return { refused: error.message };
  }
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

test(
  'the kernel rewrites every table exactly as the plain projection does, wherever it is cut',
  () => {
    const splits = fc.oneof(
      fc.constant([1 << 20]),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.integer({ min: 1000, max: 70_000 }), { minLength: 1, maxLength: 5 }),
    );
    fc.assert(
      fc.property(table, splits, ({ from, to, rows, damage, at }, sizes) => {
        let text = rows.map(([fields, times]) => `${fields.join(',')}\n`.repeat(times)).join('');
        if (damage === 'cut') text = text.slice(0, at % (text.length + 1));
        else if (damage === 'split') {
          // Two short rows that together have as many separators as one good row.
          const comma = text.indexOf(',', at % (text.length + 1));
          if (comma >= 0) text = `${text.slice(0, comma)}\n${text.slice(comma + 1)}`;
        } else if (damage)
          text = text.slice(0, at % (text.length + 1)) + damage + text.slice(at % (text.length + 1));
        const bytes = Buffer.from(text);
        const expected = outcome(createProjection(from, to), [bytes]);
        expect(outcome(createKernelProjection(from, to), cut(bytes, sizes))).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT,
);

test('rows longer than the kernel can look at, and rows that grow beyond its output, are rewritten all the same', () => {
  const long = 'y'.repeat(700_000);
  const wide = Array.from({ length: 8_000 }, (_, i) => `new${i}`);
  const rows = `1,${long},"a,${long}"\n2,b,c\n`.repeat(2);
  for (const to of [
    ['c2', 'c0', 'c1'],
    [...wide, 'c0', 'c2'],
  ]) {
    const from = ['c0', 'c1', 'c2'];
    const expected = outcome(createProjection(from, to), [Buffer.from(rows)]);
    expect(outcome(createKernelProjection(from, to), cut(Buffer.from(rows), [65_536]))).toEqual(expected);
  }
});

test('output many times as large as its input comes in as many calls as it takes', () => {
  const from = ['a', 'b'];
  const to = [...Array.from({ length: 3_000 }, (_, i) => `new${i}`), 'b', 'a'];
  const bytes = Buffer.from('1,"x\n,y"\n22,\n'.repeat(500));
  const expected = outcome(createProjection(from, to), [bytes]);
  expect(expected.rows).toBe(1_000);
  expect(outcome(createKernelProjection(from, to), [bytes])).toEqual(expected);
  expect(outcome(createKernelProjection(from, to), cut(bytes, [37]))).toEqual(expected);
});
