import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CANONICAL,
  type CompareOptions,
  compareTables,
  type TableSource,
} from '../../../src/compare/compare-tables.js';
import type { TableComparison } from '../../../src/compare/table-comparison.js';

function csv(...texts: string[]): TableSource {
  return {
    dialect: CANONICAL,
    parts: texts.map((text, index) => ({
      name: `part ${index}`,
      bytes: Buffer.byteLength(text),
      open: async () => chunks(text),
    })),
  };
}

async function* chunks(text: string, length = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

function compare(published: string, legacy: string | string[], options: Partial<CompareOptions> = {}) {
  const sources = { published: csv(published), legacy: csv(...(Array.isArray(legacy) ? legacy : [legacy])) };
  return compareTables(sources, { table: 'orders', key: [], ...options });
}

describe('two tables are the same', () => {
  it('whatever the order of rows and columns, quotes, line ends and parts', async () => {
    const result = await compare('id,note\n1,a\n2,"b, c"\n3,\n', [
      'note,id\r\n"b, c","2"\r\n,3\r\n',
      'id,note\n"1",a',
    ]);
    expect(result).toMatchObject({ same: true, rows: { published: 3, legacy: 3 }, equal: 3 });
    expect(result.columns.reordered).toBe(true);
  });

  it('with values that hold whatever may be in a value', async () => {
    const wild = 'id,note\n1,"tab\there\nline ""two"" \\n \\ 주문 ✓"\n';
    expect((await compare(wild, wild, { key: ['id'] })).same).toBe(true);
    const other = wild.replace('\\n', '\n');
    const { same, samples } = await compare(wild, other, { key: ['id'] });
    expect(same).toBe(false);
    expect(samples.changed[0]!.values[0]).toEqual({
      column: 'note',
      published: 'tab\there\nline "two" \\n \\ 주문 ✓',
      legacy: 'tab\there\nline "two" \n \\ 주문 ✓',
    });
  });
});

describe('two tables differ', () => {
  it('by values of the same key, told by column and by sample', async () => {
    const result = await compare('id,a,b\n1,x,y\n2,x,y\n3,x,y\n', 'id,a,b\n1,x,y\n2,X,y\n3,X,Y\n', {
      key: ['id'],
    });
    expect(result).toMatchObject({ same: false, equal: 1, changed: 2, onlyPublished: 0, onlyLegacy: 0 });
    expect(result.changedColumns).toEqual([
      { column: 'a', values: 2 },
      { column: 'b', values: 1 },
    ]);
    expect(result.samples.changed).toContainEqual({
      key: { id: '2' },
      values: [{ column: 'a', published: 'x', legacy: 'X' }],
    });
  });

  it('by rows only one side has, and how often it has them', async () => {
    const result = await compare('id\n1\n1\n2\n', 'id\n1\n3\n3\n');
    expect(result).toMatchObject({ same: false, equal: 1, onlyPublished: 2, onlyLegacy: 2 });
    expect(result.samples.onlyLegacy).toEqual([{ id: '3' }]);
  });

  it('by columns only one side has; the others are compared', async () => {
    const result = await compare('id,a\n1,x\n', 'id,b\n1,y\n', { key: ['id'] });
    expect(result).toMatchObject({
      same: false,
      equal: 1,
      columns: { onlyPublished: ['a'], onlyLegacy: ['b'], reordered: false },
    });
  });

  it('where a key occurs more than once, equal rows are matched first', async () => {
    const result = await compare('id,a\n1,x\n1,y\n1,z\n', 'id,a\n1,z\n1,w\n', { key: ['id'] });
    expect(result).toMatchObject({
      equal: 1,
      changed: 1,
      onlyPublished: 1,
      repeatedKeys: { published: 3, legacy: 2 },
    });
  });

  it('by rows that are shorter or longer than their header', async () => {
    const result = await compare('id,a\n1,x\n', 'id,a\n1,x,more\n', { key: ['id'] });
    expect(result).toMatchObject({ same: false, equal: 1, ragged: { published: 0, legacy: 1 } });
  });
});

it('a key that is not on both sides, and a file that is no CSV, are refused with the place', async () => {
  await expect(compare('id,a\n1,x\n', 'id,b\n1,x\n', { key: ['a'] })).rejects.toThrow(
    'expected key columns that both sides have (id), received a',
  );
  await expect(compare('id\n1\n', 'id\n1\n"2"x\n')).rejects.toThrow(
    'part 0: row 3: text after a closing quote',
  );
  await expect(compare('id\n1\n', '')).rejects.toThrow('there is no header');
});

it('gives what a comparison in memory gives, however little of it may be in memory at once', async () => {
  const cell = fc.constantFrom('', 'a', 'b', 'é', 'x,y', '"', 'l\nm', '\\t', 'long'.repeat(20));
  const rows = fc.array(fc.tuple(fc.constantFrom('1', '2', '3', '4', '5'), cell, cell), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.boolean(), async (ours, theirs, keyed) => {
      const key = keyed ? ['k'] : [];
      const texts = [document(ours), document(theirs)] as const;
      const small = await compare(...texts, { key, partitionBytes: 60 });
      expect(totals(small)).toEqual(totals(await compare(...texts, { key })));
      expect(small.equal + small.changed + small.onlyPublished).toBe(ours.length);
      expect(small.equal + small.changed + small.onlyLegacy).toBe(theirs.length);
      expect(small.equal).toBe(inBoth(ours, theirs));
      expect(small.same).toBe(inBoth(ours, theirs) === Math.max(ours.length, theirs.length));
    }),
    { numRuns: 60 },
  );
});

/** Of a key with too many rows to hold, rows are matched whole: what changed is then told as a row on either side. */
function totals({ same, rows, equal, changed, onlyPublished, onlyLegacy }: TableComparison) {
  return { same, rows, equal, published: changed + onlyPublished, legacy: changed + onlyLegacy };
}

function inBoth(ours: readonly string[][], theirs: readonly string[][]): number {
  const left = theirs.map((row) => JSON.stringify(row));
  return ours.filter((row) => {
    const at = left.indexOf(JSON.stringify(row));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}

function document(rows: readonly string[][]): string {
  const field = (value: string) => `"${value.replaceAll('"', '""')}"`;
  return `k,a,b\n${rows.map((row) => `${row.map(field).join(',')}\n`).join('')}`;
}
