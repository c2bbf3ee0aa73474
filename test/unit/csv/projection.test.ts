import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenRowsError, createProjection, projectedBytes } from '../../../src/csv/projection.js';
import { csvRow } from '../../support/manifests.js';

const COLUMNS = ['id', 'name', 'price', 'tax', 'note'];
const value = fc.oneof(
  fc.constantFrom('', '1', 'a,b', 'say "x"', 'two\nlines', '"', ',', '\n', 'é\u{1F600}', '\r', ' '),
  fc.string({ maxLength: 60 }),
);
const header = fc.shuffledSubarray(COLUMNS, { minLength: 1 });

function project(
  from: string[],
  to: string[],
  bytes: Uint8Array,
  cuts: number[],
): { out: Buffer; rows: number } {
  const projection = createProjection(from, to);
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const cut of cuts) {
    const end = Math.min(bytes.length, at + cut);
    chunks.push(Buffer.from(projection.write(bytes.subarray(at, end))));
    at = end;
  }
  chunks.push(Buffer.from(projection.write(bytes.subarray(at))));
  return { out: Buffer.concat(chunks), ...projection.end() };
}

describe('a projection', () => {
  it('gives what csv-parse reads, in the other column order, at any chunk split', () => {
    fc.assert(
      fc.property(
        header,
        header,
        fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 40 })),
        (from, to, values, cuts) => {
          const rows = values.map((row) => row.slice(0, from.length));
          const bytes = Buffer.from(rows.map(csvRow).join(''));
          const { out, rows: counted } = project(from, to, bytes, cuts);
          const read: string[][] = parse(bytes, { record_delimiter: '\n', relax_column_count: false });
          const expected = read.map((row) => to.map((column) => row[from.indexOf(column)] ?? ''));
          expect(counted).toBe(rows.length);
          expect(parse(out, { record_delimiter: '\n' })).toEqual(expected);
          const size = projectedBytes(from, to, bytes.length, rows.length);
          expect(out.length).toBeGreaterThanOrEqual(size.min);
          expect(out.length).toBeLessThanOrEqual(size.max);
          if (from.every((column) => to.includes(column))) expect(size.min).toBe(size.max);
        },
      ),
    );
  });

  it('keeps the bytes of every field, quotes that are not needed too', () => {
    const { out } = project(['a', 'b'], ['b', 'x', 'a'], Buffer.from('"1",2\n"",\n'), []);
    expect(out.toString()).toBe('2,,"1"\n,,""\n');
  });

  it('never makes a blank line of a row whose one column is empty', () => {
    expect(project(['a', 'b'], ['b'], Buffer.from('1,\n'), []).out.toString()).toBe('""\n');
    expect(project(['a'], ['b'], Buffer.from('1\n'), []).out.toString()).toBe('""\n');
  });

  it('carries a row that is longer than every chunk', () => {
    const long = 'x'.repeat(100_000);
    const { out, rows } = project(['a', 'b'], ['b', 'a'], Buffer.from(`${long},1\n`), Array(200).fill(500));
    expect(out.toString()).toBe(`1,${long}\n`);
    expect(rows).toBe(1);
  });

  it.each([
    ['a short row', '1,2\n3\n', /row 2 has 1 fields, its header has 2/],
    ['a long row', '1,2,3\n', /row 1 has 3 fields/],
    ['a row without an end', '1,2\n3,4', /row 2 has no end/],
    ['an open quote', '1,"2\n', /row 1 has no end/],
  ])('refuses %s: shifting values is never an answer', (_, text, message) => {
    const run = () => project(['a', 'b'], ['b', 'a'], Buffer.from(text), []);
    expect(run).toThrow(BrokenRowsError);
    expect(run).toThrow(message);
  });
});
