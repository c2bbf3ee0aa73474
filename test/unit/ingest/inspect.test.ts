import { createHash } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inspectedMembers, inspectionJson } from '../../../src/cli/inspect/inspection-json.js';
import { inspectionText } from '../../../src/cli/inspect/inspection-text.js';
import { type Inspection, inspect } from '../../../src/ingest/extraction/inspect.js';
import { chunked, type RulesInput, rulesFrom, scanBytes } from '../../support/scan-bytes.js';
import { tar, tarFile, tarGz } from '../../support/tar-builder.js';

const ORDERS = 'orders_20260131_1.csv';
const GOOD = 'id,note\n1,a\n2,\n';

function look(
  name: string,
  content: string | Buffer,
  options: { rules?: RulesInput; anyName?: boolean } = {},
): Promise<Inspection> {
  const bytes = Buffer.from(content);
  return inspect({
    name,
    bytes: bytes.length,
    open: () => chunked(bytes, 1000),
    rules: rulesFrom(options.rules),
    anyName: options.anyName ?? false,
  });
}

const archive = (...members: [string, string | Buffer][]) =>
  tarGz(...members.map(([name, data]) => tarFile(name, data)));

describe('inspecting an archive', () => {
  it('says of every member what extraction would record, with both checksums', async () => {
    const found = await look('a.tar.gz', archive([ORDERS, GOOD], ['readme.txt', 'hello\n']));
    expect(found).toMatchObject({ kind: 'archive', verdict: 'accept', reason: null, code: null });
    expect([...inspectedMembers(found)]).toEqual([
      {
        name: ORDERS,
        table: 'orders',
        outcome: 'loaded',
        bytes: GOOD.length,
        crc32: crc32(GOOD),
        sha256: createHash('sha256').update(GOOD).digest('hex'),
        rows: 2,
        rowsQuarantined: 0,
        columns: ['id', 'note'],
        nulls: [0, 1],
        types: ['integer', 'text'],
        findings: [],
      },
      expect.objectContaining({
        name: 'readme.txt',
        table: null,
        outcome: 'skipped',
        sha256: createHash('sha256').update('hello\n').digest('hex'),
        findings: [expect.objectContaining({ code: 'member-unmatched-name' })],
      }),
    ]);
  });

  it('takes the same path as extraction: the same records and findings', async () => {
    const bytes = archive([ORDERS, 'id,note\n1\n2,b\n'], ['stays_20260131_2.csv', ''], [ORDERS, GOOD]);
    const scanned = await scanBytes(bytes);
    const found = await look('a.tar.gz', bytes);
    const withoutHash = found.members.map(({ sha256: _, ...record }) => record);
    expect(withoutHash).toEqual(scanned.members.map(({ record: { sha256: _, ...record } }) => record));
    expect(found.findings).toEqual(scanned.findings);
    expect(found.sha256).toBe(scanned.sha256);
  });

  it('takes any member name where asked to, its stem being the table', async () => {
    const bytes = archive(['a/b c.csv', GOOD], ['한국.txt', GOOD], ['.hidden', GOOD]);
    expect((await look('a.tar.gz', bytes)).members.map(({ outcome }) => outcome)).toEqual(
      Array(3).fill('skipped'),
    );
    const found = await look('a.tar.gz', bytes, { anyName: true });
    expect(found.members.map(({ outcome, table }) => [outcome, table])).toEqual([
      ['loaded', 'b c'],
      ['loaded', '한국'],
      ['loaded', '.hidden'],
    ]);
  });

  it('accepts what loads in part, and refuses what loads not at all', async () => {
    const part = await look('a.tar.gz', archive([ORDERS, GOOD], ['stays_20260131_1.csv', '']));
    expect(part.verdict).toBe('accept');
    expect([...inspectedMembers(part)][1]).toMatchObject({
      outcome: 'quarantined',
      findings: [{ code: 'member-empty', severity: 'error' }],
    });
    const none = await look('a.tar.gz', archive([ORDERS, '']));
    expect(none).toMatchObject({ verdict: 'reject', code: 'member-empty' });
    expect(none.reason).toContain(ORDERS);
    expect(await look('a.tar.gz', archive())).toMatchObject({ verdict: 'accept', members: [] });
  });

  it('refuses a cut archive and says what of it would be kept', async () => {
    const whole = gzipSync(tar(tarFile(ORDERS, GOOD), tarFile('stays_20260131_1.csv', GOOD)), { level: 0 });
    const found = await look('a.tar.gz', whole.subarray(0, 1560));
    expect(found).toMatchObject({ verdict: 'reject', code: 'archive-cut' });
    expect(found.reason).toContain('(1 whole member before it would be loaded)');
    expect(found.members[0]).toMatchObject({ outcome: 'loaded', rows: 2 });
  });

  it.each([
    ['a zip', 'a.tar.gz', 'PK\x03\x04 and so on', 'archive-not-gzip'],
    ['an HTML page', 'orders.csv', '<!DOCTYPE html><html></html>', 'archive-not-gzip'],
    ['nothing', 'a.tar.gz', '', 'archive-empty'],
    ['text', 'a.tgz', 'id,note\n', 'archive-not-gzip'],
    ['a gzip of a CSV', 'orders.csv.gz', gzipSync(GOOD.repeat(100)), 'archive-corrupt'],
  ])('refuses %s where an archive should be', async (_what, name, bytes, code) => {
    expect(await look(name, bytes)).toMatchObject({ verdict: 'reject', code, members: [] });
  });

  it.each<[string, Buffer, RulesInput]>([
    [
      'a row above the limit',
      archive([ORDERS, `id\n${'x'.repeat(2000)}\n1\n`]),
      { limits: { recordBytes: '1KiB' } },
    ],
    [
      'more members than allowed',
      archive([ORDERS, GOOD], ['b_20260131_1.csv', GOOD]),
      { limits: { members: 1 } },
    ],
    [
      'more bytes than allowed',
      archive([ORDERS, GOOD.repeat(1000)]),
      { limits: { uncompressedBytes: '1KiB' } },
    ],
    ['a larger archive than allowed', archive([ORDERS, GOOD]), { limits: { archiveBytes: '10B' } }],
  ])('calls %s a limit', async (_what, bytes, rules) => {
    const found = await look('a.tar.gz', bytes, { rules });
    expect(found.verdict).toBe('limit');
    expect(found.code).toMatch(/-limit$/);
  });

  it('ends at a limit when the members’ columns or names would fill the memory', async () => {
    const columns = (file: number) =>
      Array.from({ length: 4000 }, (_, index) => `c${file}_${index}`).join(',');
    const wide = Array.from({ length: 300 }, (_, file) =>
      tarFile(`t_20260131_${file}.csv`, `${columns(file)}\n`),
    );
    const found = await look('a.tar.gz', tarGz(...wide));
    expect(found).toMatchObject({ verdict: 'limit', code: 'archive-limit' });
  });
});

describe('inspecting one CSV', () => {
  it('says the same of it as of the member of an archive', async () => {
    const alone = await look('/data/orders_20260131_1.csv', GOOD);
    const packed = await look('a.tar.gz', archive([ORDERS, GOOD]), { anyName: true });
    expect(alone).toMatchObject({ kind: 'csv', verdict: 'accept', bytes: GOOD.length });
    expect([...inspectedMembers(alone)]).toEqual([...inspectedMembers(packed)]);
  });

  it.each([
    ['a short row', 'a,b\n1\n', 'reject', 'row-short'],
    ['a bare quote', 'a,b\n1,x"y\n', 'reject', 'row-quote'],
    ['bytes that are not UTF-8', Buffer.from('a,b\n1,\xff\n', 'latin1'), 'reject', 'row-encoding'],
    ['nothing', '', 'reject', 'member-empty'],
    ['a column twice', 'a,a\n', 'reject', 'member-duplicate-column'],
    ['a row of 9 MiB', `a,b\n1,${'x'.repeat(9 * 2 ** 20)}\n`, 'limit', 'row-limit'],
    ['a quote that does not close', `a,b\n"${'x\n'.repeat(5 * 2 ** 20)}`, 'limit', 'member-limit'],
  ])('with %s is refused, and the reason says where', async (_what, csv, verdict, code) => {
    const found = await look('orders.csv', csv);
    expect(found).toMatchObject({ kind: 'csv', verdict, code });
    expect(found.reason).toContain('orders.csv');
  });

  it('follows the rules given', async () => {
    const cp949 = Buffer.from('6e616d650ab0a10a', 'hex');
    expect((await look('a.csv', cp949)).verdict).toBe('reject');
    const found = await look('a.csv', cp949, { rules: { dialect: { encoding: 'cp949' } } });
    expect(found).toMatchObject({ verdict: 'accept', members: [{ rows: 1 }] });
  });
});

describe('an inspection printed', () => {
  it('as JSON is one document, whatever it found', async () => {
    for (const bytes of [
      archive([ORDERS, GOOD], ['x.txt', 'a']),
      archive(),
      gzipSync(tar(tarFile('../x', GOOD))),
    ]) {
      const found = await look('a.tar.gz', bytes);
      const json = JSON.parse([...inspectionJson('a.tar.gz', found)].join(''));
      expect(json).toMatchObject({ file: 'a.tar.gz', verdict: found.verdict, reason: found.reason });
      expect(json.members).toEqual([...inspectedMembers(found)]);
      expect([
        ...json.members.flatMap((member: { findings: unknown[] }) => member.findings),
        ...json.findings,
      ]).toHaveLength(found.findings.length);
    }
  });

  it('as text shows verdict, reason, members and findings, and no control character of the data', async () => {
    const evil = await look('a.tar.gz', archive([ORDERS, GOOD], ['evil\x1b[31m_20260131_1.csv', GOOD]));
    const text = inspectionText('a.tar.gz', evil, (_format, part) => part);
    expect(text).toContain('accept  a.tar.gz');
    expect(text).toContain('2 members: 1 would be loaded, 1 skipped');
    expect(text).toContain('member-unmatched-name');
    expect(text).not.toContain('\x1b');
    const bad = await look('b.csv', 'a,b\n1\n2,2\n');
    const told = inspectionText('b.csv', bad, (_format, part) => part);
    expect(told).toContain(
      '1 of 2 rows would be set aside, first table b, member b.csv, row 1, line 2, byte 4',
    );
  });
});
