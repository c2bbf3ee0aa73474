import { afterEach, describe, expect, it } from 'vitest';
import { rowJson, rowText } from '../../../src/cli/trace/trace-text.js';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { CHECKPOINT_BYTES } from '../../../src/csv/checkpoints.js';
import { seededRandom } from '../../../src/demo/random.js';
import { pinnedRules } from '../../../src/ingest/pinned-rules.js';
import type { TableHead } from '../../../src/ingest/planning/plan.js';
import { writeRegistryEntry } from '../../../src/ingest/publication/registry.js';
import { readOriginalRow } from '../../../src/ingest/trace/original-row.js';
import { type PublishedRows, readPublishedRows } from '../../../src/ingest/trace/published-rows.js';
import { traceMember } from '../../../src/ingest/trace/trace-member.js';
import { rowAtByte, traceRow } from '../../../src/ingest/trace/trace-row.js';
import { LocalDay } from '../../support/local-day.js';
import { scanCsv } from '../../support/scan-bytes.js';

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

async function dayWith(
  archives: Record<string, Record<string, string | Buffer>>,
  fields: Record<string, unknown> = {},
): Promise<LocalDay> {
  const day = await LocalDay.create(fields);
  days.push(day);
  for (const [name, members] of Object.entries(archives)) await day.land(name, members);
  await day.run();
  return day;
}

const open = (day: LocalDay, table = 'orders') => readPublishedRows(day.store, day.layout, table);
const member = (batch: number, table = 'orders') => `${table}_20261121_${batch}.csv`;

/** Rows of the published table with their offsets, read without anything of ours. */
async function rowsOf(table: PublishedRows): Promise<{ text: string; byte: number }[]> {
  const csv = (await table.store.getBytes(table.key)).toString('latin1');
  const rows: { text: string; byte: number }[] = [];
  let [start, quoted] = [0, false];
  for (let at = 0; at < csv.length; at++) {
    if (csv[at] === '"') quoted = !quoted;
    if (csv[at] !== '\n' || quoted) continue;
    rows.push({ text: csv.slice(start, at), byte: start });
    start = at + 1;
  }
  return rows.slice(1);
}

/** Every row of the table must lead back to a row of its archive that says the same. */
async function requireTraceable(day: LocalDay, table: PublishedRows): Promise<void> {
  const rows = await rowsOf(table);
  expect(rows.length).toBe(table.rows);
  for (const [index, { text, byte }] of rows.entries()) {
    const traced = await traceRow(table, index + 1);
    expect(traced).toMatchObject({ row: index + 1, byte, lineIsExact: true });
    expect(traced.canonical.toString('latin1')).toBe(text);
    expect(await rowAtByte(table, byte)).toBe(index + 1);
    expect(await rowAtByte(table, byte + text.length)).toBe(index + 1);
    const rules = await pinnedRules(day.store, day.layout, traced.manifest.rulesId);
    const original = await readOriginalRow(day.store, traced, rules);
    expect(original.line).toBe(traced.line);
  }
}

const ODD = 'id,note\r\n\r\n1,plain\n\n2,"two\r\nlines"\n3,short,long\n4,"quo""ted"\r5,\n';
const DRIFTED = 'note,extra,id\n"a\nb",x,6\n,,7\n';
const TWO_ARCHIVES = {
  'a.tar.gz': {
    [member(1)]: ODD,
    [member(2)]: DRIFTED,
    [member(3)]: 'id,note\n8,h\n',
    [member(1, 'stays')]: 'a\n1\n',
  },
  'b.tar.gz': { [member(4)]: 'id\n9\n10\n', [member(5)]: 'id,note\n' },
};

describe('a row of a published table', () => {
  it('leads to its archive, member, line and original, whatever was quoted, skipped, set aside or reordered', async () => {
    const day = await dayWith(TWO_ARCHIVES);
    const table = await open(day);
    await requireTraceable(day, table);
    const third = await traceRow(table, 3);
    expect(third).toMatchObject({ line: 8, rowInMember: 2 });
    expect(third.member.name).toBe(member(1));
    expect(third.manifest.archive.key).toBe(day.key('a.tar.gz'));
    const drifted = await traceRow(table, 5);
    expect(drifted.canonical.toString()).toBe('6,"a\nb",x');
    const rules = await pinnedRules(day.store, day.layout, drifted.manifest.rulesId);
    expect((await readOriginalRow(day.store, drifted, rules)).raw.toString()).toBe('"a\nb",x,6');
    expect((await traceRow(table, 9)).manifest.archive.key).toBe(day.key('b.tar.gz'));
  });

  it('is found where columns were left out', async () => {
    const day = await dayWith(TWO_ARCHIVES, {
      tables: { orders: { columns: ['id', 'note'], contract: { columns: 'discard' } } },
    });
    const table = await open(day);
    await requireTraceable(day, table);
  });

  it('is found where the plan leaves columns out, whose bytes only the merge could count', async () => {
    const day = await LocalDay.create({ contract: { columns: 'discard' } });
    days.push(day);
    // An earlier day knew these columns; the extraction cannot know that.
    const yesterday = { table: 'orders', version: 1, columns: ['id', 'note'], types: ['integer', 'text'] };
    await writeRegistryEntry(day.store, day.layout.on('2026-11-20'), yesterday as TableHead);
    for (const [name, members] of Object.entries(TWO_ARCHIVES)) await day.land(name, members);
    await day.run();
    const table = await open(day);
    expect(table.plan.columns).toEqual(['id', 'note']);
    expect(table.receipt.shrunkBytes).toHaveLength(1);
    await requireTraceable(day, table);
    const { shrunkBytes: _, ...untold } = table.receipt;
    const rows = await rowsOf(table);
    expect(await traceRow({ ...table, receipt: untold }, 9)).not.toHaveProperty('byte');
    await expect(rowAtByte({ ...table, receipt: untold }, rows[8]!.byte)).rejects.toThrow('use a row number');
  });

  it.each(['utf-16le', 'cp949'] as const)(
    'keeps its original in UTF-8 where it was decoded from %s',
    async (encoding) => {
      const text = {
        'utf-16le': Buffer.from('id,x\n1,é\n2,"a\nb"\n', 'utf16le'),
        cp949: Buffer.from('69642c780a312cb0a10a322c22610a62220a', 'hex'),
      };
      const day = await dayWith({ 'a.tar.gz': { [member(1)]: text[encoding] } }, { dialect: { encoding } });
      const table = await open(day);
      await requireTraceable(day, table);
      const traced = await traceRow(table, 1);
      const rules = await pinnedRules(day.store, day.layout, traced.manifest.rulesId);
      const original = await readOriginalRow(day.store, traced, rules);
      expect(original).toMatchObject({ encoding, line: 2 });
      expect(original.raw.toString()).toBe(traced.canonical.toString());
    },
  );

  it('deep in a large member is found by the nearest checkpoint, reading no more than the bytes behind it', async () => {
    const random = seededRandom(5);
    const lines = ['id,note'];
    let size = 0;
    for (let id = 1; size < CHECKPOINT_BYTES * 2.2; id++) {
      const line = id % 50_000 === 0 ? '' : id % 7 === 0 ? `${id},"a\nb ${random()}"` : `${id},${random()}`;
      lines.push(line);
      size += line.length + 1;
    }
    const csv = `${lines.join('\n')}\n`;
    const day = await dayWith({
      'a.tar.gz': { [member(1)]: 'id,note\n0,x\n', [member(2)]: csv, [member(3)]: 'note,id\ny,1\n' },
    });
    const table = await open(day);
    const expected: number[] = [];
    scanCsv((options) => createByteMemberScan({ ...options, onRow: ({ line }) => expected.push(line) }), csv);
    for (const row of [2, 3, 60_000, 149_998, 200_000, expected.length + 1]) {
      const traced = await traceRow(table, row);
      expect(traced.line).toBe(expected[row - 2]);
      expect(await rowAtByte(table, traced.byte! + 1)).toBe(row);
    }
    expect((await traceRow(table, table.rows)).canonical.toString()).toBe('1,y');
    const { checkpoints } = (await traceRow(table, 3)).member;
    expect(checkpoints!.filter(({ at }) => at > 0).length).toBeGreaterThanOrEqual(2);
  });

  it('that does not exist is refused with what there is', async () => {
    const day = await dayWith(TWO_ARCHIVES);
    const table = await open(day);
    await expect(traceRow(table, 0)).rejects.toThrow('has 9 rows; there is no row 0');
    await expect(traceRow(table, 10)).rejects.toThrow('there is no row 10');
    await expect(rowAtByte(table, 3)).rejects.toThrow('is in the header line');
    await expect(rowAtByte(table, table.bytes)).rejects.toThrow('there is no byte');
    await expect(open(day, 'guests')).rejects.toThrow('expected one of orders, stays');
    const other = day.layout.on('2026-11-22');
    await expect(readPublishedRows(day.store, other, 'orders')).rejects.toThrow('is published yet');
  });

  it('printed shows nothing that could move a cursor', async () => {
    const day = await dayWith({ 'a.tar.gz': { [member(1)]: 'id,note\n1,"\x1b[2J\nx"\n' } });
    const table = await open(day);
    const traced = await traceRow(table, 1);
    const text = rowText(table, traced, (_format, part) => part);
    expect(text).toContain(`${table.key} row 1 (byte 8)`);
    expect(text).not.toContain('\x1b');
    expect(rowJson(table, traced)).toMatchObject({ canonical: '1,"\x1b[2J\nx"', line: 2, member: member(1) });
  });
});

describe('a member', () => {
  it('leads to its rows and bytes in the table', async () => {
    const day = await dayWith(TWO_ARCHIVES);
    const table = await open(day);
    const rows = await rowsOf(table);
    for (const [batch, first, last] of [
      [1, 1, 4],
      [2, 5, 6],
      [3, 7, 7],
      [4, 8, 9],
    ] as const) {
      const [traced, ...others] = await traceMember(table, member(batch));
      expect(others).toEqual([]);
      expect(traced!.rows).toEqual({ first, last });
      expect(traced!.bytes).toEqual({ from: rows[first - 1]!.byte, to: rows[last]?.byte ?? table.bytes });
    }
    expect((await traceMember(table, member(5)))[0]!.rows).toBeUndefined();
  });

  it('of a name used twice leads to both, or to the one in the archive named', async () => {
    const day = await dayWith({
      'a.tar.gz': { [member(1)]: 'id\n1\n' },
      'b.tar.gz': { [member(1)]: 'id\n2\n', [member(2)]: '' },
      'c.tar.gz': { [member(1)]: 'id\n1\n' },
    });
    const table = await open(day);
    const found = await traceMember(table, member(1));
    expect(found.map(({ rows }) => rows?.first)).toEqual([1, 2, undefined]);
    expect(await traceMember(table, member(1), day.key('b.tar.gz'))).toHaveLength(1);
    expect((await traceMember(table, member(2)))[0]).toMatchObject({ member: { outcome: 'quarantined' } });
    await expect(traceMember(table, member(9))).rejects.toThrow('no member "orders_20261121_9.csv"');
  });
});
