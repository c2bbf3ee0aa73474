import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanBytes } from '../../support/scan-bytes.js';
import { gnuLong, pax, paxRecord, tar, tarFile, tarGz, tarHeader } from '../../support/tar-builder.js';

const A = tarFile('t_20260131_a.csv', 'id,x\n1,2\n');
const B = tarFile('t_20260131_b.csv', 'id,x\n3,4\n');
const ROWS_A = { 't_20260131_a.csv': '1,2\n' };
const ROWS_AB = { ...ROWS_A, 't_20260131_b.csv': '3,4\n' };

/** A gzip header with these flags and extra bytes, around the deflated body of `data`. */
function gzipWith(data: Buffer, flags: number, extra: Buffer, method = 8): Buffer {
  const whole = gzipSync(data);
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, method, flags, 0, 0, 0, 0, 0, 3]),
    extra,
    deflateRawSync(data),
    whole.subarray(-8),
  ]);
}

describe('gzip', () => {
  const sound = tarGz(A, B);

  it.each([
    ['an empty object', Buffer.alloc(0), 'archive-empty'],
    ['a zip', Buffer.from('PK\x03\x04 and so on'), 'archive-not-gzip'],
    ['a bzip2', Buffer.from('BZh91AY&SY'), 'archive-not-gzip'],
    ['an xz', Buffer.from('\xfd7zXZ\0\0\x04', 'latin1'), 'archive-not-gzip'],
    ['a plain tar', tar(A), 'archive-not-gzip'],
    ['a plain CSV', Buffer.from('id,x\n1,2\n'), 'archive-not-gzip'],
    ['an HTML page', Buffer.from('<!DOCTYPE html><html>login</html>'), 'archive-not-gzip'],
    ['a gzip of a gzip', gzipSync(sound), 'archive-corrupt'],
    ['a gzip of nothing', gzipSync(Buffer.alloc(0)), 'archive-corrupt'],
    ['a gzip of a CSV', gzipSync(Buffer.from('id,x\n1,2\n'.repeat(200))), 'archive-corrupt'],
    ['a wrong CRC', changed(sound, sound.length - 8), 'archive-corrupt'],
    ['a wrong ISIZE', changed(sound, sound.length - 4), 'archive-corrupt'],
    ['trailing garbage', Buffer.concat([sound, Buffer.from('garbage')]), 'archive-trailing-data'],
    [
      'garbage behind zero padding',
      Buffer.concat([sound, Buffer.alloc(700), Buffer.from('x')]),
      'archive-trailing-data',
    ],
    [
      'a second member that is bad',
      Buffer.concat([gzipSync(A), changed(gzipSync(Buffer.concat([B, Buffer.alloc(1024)])), 20)]),
      'archive-corrupt',
    ],
    ['reserved flags', gzipWith(tar(A), 0x20, Buffer.alloc(0)), 'archive-corrupt'],
    ['another compression method', gzipWith(tar(A), 0, Buffer.alloc(0), 7), 'archive-corrupt'],
    ['a wrong header CRC', gzipWith(tar(A), 0x02, Buffer.from([1, 2])), 'archive-corrupt'],
  ])('%s is refused, with nothing of it kept', async (_name, bytes, code) => {
    for (const chunkBytes of [1, 7, 65536]) {
      const scanned = await scanBytes(bytes, { chunkBytes });
      expect(scanned.outcome).toBe('rejected');
      expect(scanned.codes[0]).toBe(code);
      expect(scanned.rows).toEqual({});
      expect(scanned.bytes).toBe(bytes.length);
    }
  });

  it.each([
    ['several members', Buffer.concat([gzipSync(A), gzipSync(B), gzipSync(Buffer.alloc(1024))])],
    ['an empty last member, as BGZF has it', Buffer.concat([sound, gzipSync(Buffer.alloc(0))])],
    ['zero padding', Buffer.concat([sound, Buffer.alloc(1000)])],
    ['a file name with ../ in the header', gzipWith(tar(A, B), 0x08, Buffer.from('../../etc/passwd\0'))],
    [
      'a file name of 1 MiB in the header',
      gzipWith(tar(A, B), 0x08, Buffer.concat([Buffer.alloc(1 << 20, 'n'), Buffer.alloc(1)])),
    ],
  ])('%s is read whole', async (_name, bytes) => {
    for (const chunkBytes of bytes.length < 4096 ? [13, 512, 65536] : [65536]) {
      const scanned = await scanBytes(bytes, { chunkBytes });
      expect(scanned.outcome).toBe('whole');
      expect(scanned.findings).toEqual([]);
      expect(scanned.rows).toEqual(ROWS_AB);
    }
  });

  it('cut anywhere keeps exactly the whole members before the cut', async () => {
    for (let length = 2; length < sound.length; length++) {
      const scanned = await scanBytes(sound.subarray(0, length), { chunkBytes: 50 });
      expect(scanned.outcome).toBe('salvaged');
      expect(scanned.codes).toContain('archive-cut');
      expect([{}, ROWS_A, ROWS_AB]).toContainEqual(scanned.rows);
      expect(scanned.bytes).toBe(length);
    }
  });

  it('cut, with onBrokenArchive: reject, keeps nothing', async () => {
    const rules = { members: { onBrokenArchive: 'reject' as const } };
    const scanned = await scanBytes(sound.subarray(0, -5), { rules });
    expect(scanned.outcome).toBe('rejected');
    expect(scanned.rows).toEqual({});
    expect(scanned.members.map(({ record }) => record.outcome)).toEqual(['quarantined', 'quarantined']);
  });

  it('with flipped bits never gives a row that was not there', async () => {
    for (let at = 10; at < sound.length - 8; at++) {
      const scanned = await scanBytes(changed(sound, at));
      if (scanned.outcome === 'whole') expect(scanned.rows).toEqual(ROWS_AB);
      else expect(scanned.codes).not.toEqual([]);
    }
  });

  it('256 MiB of zeros end at the ratio limit, with no member', async () => {
    const scanned = await scanBytes(gzipSync(Buffer.alloc(256 << 20)));
    expect(scanned.members).toEqual([]);
    expect(['archive-limit', 'archive-no-members']).toContain(scanned.codes[0]);
  });

  it('more bytes than limits.uncompressedBytes are refused', async () => {
    const scanned = await scanBytes(tarGz(A, B), { rules: { limits: { uncompressedBytes: '2 KiB' } } });
    expect(scanned.outcome).toBe('rejected');
    expect(scanned.codes[0]).toBe('archive-limit');
  });
});

describe('tar', () => {
  const field = (text: string) => Buffer.from(text.padEnd(12, '\0'), 'latin1');
  const base256 = (...bytes: number[]) => Buffer.from([0x80, ...Array(11 - bytes.length).fill(0), ...bytes]);

  it.each<[string, Buffer[], string]>([
    ['a name that climbs out', [A, tarFile('../../t_20260131_b.csv', 'id\n1\n')], 'archive-hostile'],
    [
      'a name that climbs out in the middle',
      [tarFile('a/../t_20260131_b.csv', 'id\n1\n')],
      'archive-hostile',
    ],
    ['an absolute name', [A, tarFile('/t_20260131_b.csv', 'id\n1\n')], 'archive-hostile'],
    ['a backslash', [A, tarFile('..\\t_20260131_b.csv', 'id\n1\n')], 'archive-hostile'],
    ['a drive letter', [tarFile('C:/t_20260131_b.csv', 'id\n1\n')], 'archive-hostile'],
    ['a directory that climbs out', [A, tarHeader({ name: '../', type: '5' })], 'archive-hostile'],
    ['a NUL in a PAX path', [pax({ path: 't_20260131_b.csv\0.txt' }), A], 'archive-hostile'],
    ['a hard link with a body', [A, tarFile('l', 'body', { type: '1', linkname: 't' })], 'archive-hostile'],
    ['a PAX size of -1', [pax({ size: '-1' }), A], 'archive-hostile'],
    ['a PAX size of abc', [pax({ size: 'abc' }), A], 'archive-hostile'],
    ['a PAX size of 1e3', [pax({ size: '1e3' }), A], 'archive-hostile'],
    ['a PAX size of 2^60', [pax({ size: String(2n ** 60n) }), A], 'archive-limit'],
    [
      'a base-256 size of 2^63',
      [tarFile('t_20260131_b.csv', '', { size: base256(0x80, 0, 0, 0, 0, 0, 0, 0) })],
      'archive-limit',
    ],
    [
      'a negative base-256 size',
      [tarFile('t_20260131_b.csv', '', { size: Buffer.alloc(12, 0xff) })],
      'archive-hostile',
    ],
    [
      'an octal size with garbage',
      [tarFile('t_20260131_b.csv', 'x', { size: field('0000000009x') })],
      'archive-hostile',
    ],
    ['a PAX header of 8 MiB', [pax(Buffer.alloc(8 << 20, 'x')), A], 'archive-limit'],
    [
      'a long name declared as 1 GiB',
      [tarHeader({ name: '././@LongLink', type: 'L', size: 1 << 30, magic: 'gnu' })],
      'archive-limit',
    ],
    ['a global PAX path', [pax({ path: 'x' }, 'g'), A], 'archive-hostile'],
    ['two PAX headers for one entry', [pax({ comment: 'a' }), pax({ comment: 'b' }), A], 'archive-hostile'],
    [
      'two PAX paths for one entry',
      [pax(Buffer.concat([paxRecord('path', 'a'), paxRecord('path', 'b')])), A],
      'archive-hostile',
    ],
    ['an unterminated PAX record', [pax(Buffer.from('12 path=abcd')), A], 'archive-hostile'],
    ['a PAX record with a wrong length', [pax(Buffer.from('99 path=abc\n')), A], 'archive-hostile'],
    ['two long names for one entry', [gnuLong('a'), gnuLong('b'), A], 'archive-hostile'],
    [
      'a GNU sparse file',
      [A, tarFile('t_20260131_b.csv', 'x', { type: 'S', magic: 'gnu' })],
      'archive-hostile',
    ],
    ['a PAX sparse file', [pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }), A], 'archive-hostile'],
    ['an unknown entry type', [A, tarFile('x', 'x', { type: 'Z' })], 'archive-hostile'],
    ['a file whose name ends with a slash', [pax({ path: 'd/' }), A], 'archive-hostile'],
    ['a header with nothing in it but its checksum', [A, emptyHeader()], 'archive-hostile'],
    ['an old directory with a size', [tarFile('d/', 'x', { type: '\0', magic: 'v7' }), A], 'archive-hostile'],
    ['a second tar behind the end marker', [A, Buffer.alloc(1024), B], 'archive-trailing-data'],
    ['data behind one zero block', [A, Buffer.alloc(512), B], 'archive-trailing-data'],
    [
      'garbage behind the end marker',
      [A, Buffer.alloc(1024), Buffer.from('garbage')],
      'archive-trailing-data',
    ],
    ['an extended header without an entry', [A, pax({ comment: 'a' })], 'archive-hostile'],
  ])('%s refuses the archive', async (_name, pieces, code) => {
    for (const chunkBytes of [17, 65536]) {
      const scanned = await scanBytes(tarGz(...pieces), { chunkBytes });
      expect(scanned.outcome).toBe('rejected');
      expect(scanned.codes[0]).toBe(code);
      expect(scanned.rows).toEqual({});
    }
  });

  it.each<[string, Buffer[]]>([
    [
      'a directory with a size, whose bytes do not follow',
      [tarHeader({ name: 'dir/', type: '5', size: 4096 }), A, B],
    ],
    ['GNU headers', [tarFile('t_20260131_a.csv', 'id,x\n1,2\n', { magic: 'gnu' }), B]],
    ['v7 headers', [tarFile('t_20260131_a.csv', 'id,x\n1,2\n', { magic: 'v7' }), B]],
    ['10 KiB blocking', [A, B, Buffer.alloc(10240)]],
    ['a global PAX comment', [pax({ comment: 'made by git' }, 'g'), A, B]],
    [
      '10,000 PAX records',
      [pax(Buffer.concat(Array.from({ length: 10_000 }, (_, i) => paxRecord(`k${i}`, 'v')))), A, B],
    ],
    [
      'a PAX header that gives the name again',
      [pax({ path: 't_20260131_a.csv', mtime: '1.5' }), tarFile('x', 'id,x\n1,2\n'), B],
    ],
    ['a GNU long name', [gnuLong('t_20260131_a.csv'), tarFile('x', 'id,x\n1,2\n', { magic: 'gnu' }), B]],
    [
      'a long name whose first 100 bytes end with a slash',
      [gnuLong('t_20260131_a.csv'), tarFile(`${'d'.repeat(99)}/`, 'id,x\n1,2\n', { magic: 'gnu' }), B],
    ],
    [
      'a checksum of signed bytes',
      [
        pax({ path: 't_20260131_a.csv' }),
        tarFile(Buffer.from([0xe9]), 'id,x\n1,2\n', { checksum: 'signed' }),
        B,
      ],
    ],
    [
      'a long name with bytes behind its NUL',
      [tarFile('L', 't_20260131_a.csv\0behind', { type: 'L', magic: 'gnu' }), tarFile('x', 'id,x\n1,2\n'), B],
    ],
    [
      'an old directory: no type, a slash at the end',
      [tarHeader({ name: 'd/', type: '\0', magic: 'v7' }), A, B],
    ],
  ])('%s is read as every reader reads it', async (_name, pieces) => {
    const scanned = await scanBytes(tarGz(...pieces));
    expect(scanned.outcome).toBe('whole');
    expect(scanned.findings).toEqual([]);
    expect(scanned.rows).toEqual(ROWS_AB);
  });

  it('links and devices are left alone, and listed', async () => {
    const others = ['1', '2', '3', '4', '6'].map((type) =>
      tarHeader({ name: `o${type}`, type, linkname: 't' }),
    );
    const scanned = await scanBytes(tarGz(...others, A));
    expect(scanned.rows).toEqual(ROWS_A);
    expect(scanned.findings.map(({ code, member }) => [code, member])).toEqual(
      ['1', '2', '3', '4', '6'].map((type) => ['member-ignored', `o${type}`]),
    );
  });

  it('a PAX size wins over the header, so that a header inside the data is never seen', async () => {
    const inner = tarFile('t_20260131_hidden.csv', 'id,x\n6,6\n');
    const name = 't_20260131_a.csv';
    const outer = Buffer.concat([pax({ size: String(inner.length) }), tarHeader({ name, size: 0 }), inner]);
    const scanned = await scanBytes(tarGz(outer, B));
    expect(scanned.members.map(({ record }) => [record.name, record.bytes])).toEqual([
      [name, inner.length],
      ['t_20260131_b.csv', 9],
    ]);
  });

  it('a PAX size before a long-name header is the size of the file, not of the name', async () => {
    const data = Buffer.concat([
      Buffer.from('id,x\n'),
      tarFile('t_20260131_hidden.csv', 'x'),
      Buffer.alloc(1019, 'y'),
    ]);
    const pieces = [
      pax({ size: '2048' }),
      gnuLong('t_20260131_a.csv'),
      tarHeader({ name: 'x', size: 0 }),
      data,
    ];
    const scanned = await scanBytes(tarGz(...pieces));
    expect(data.length).toBe(2048);
    expect(scanned.members.map(({ record }) => [record.name, record.bytes])).toEqual([
      ['t_20260131_a.csv', 2048],
    ]);
  });

  it('a bad header checksum in the middle keeps what came before and names the offset', async () => {
    const scanned = await scanBytes(tarGz(A, tarFile('t_20260131_b.csv', 'id\n1\n', { checksum: 1 })));
    expect(scanned.outcome).toBe('salvaged');
    expect(scanned.rows).toEqual(ROWS_A);
    expect(scanned.findings[0]).toMatchObject({
      code: 'archive-corrupt',
      detail: expect.stringContaining('byte 1024'),
    });
  });

  it('no end marker keeps all whole members, with a finding', async () => {
    const scanned = await scanBytes(gzipSync(Buffer.concat([A, B])));
    expect(scanned.outcome).toBe('salvaged');
    expect(scanned.codes).toEqual(['archive-no-end-marker']);
    expect(scanned.rows).toEqual(ROWS_AB);
  });

  it('one zero block is accepted with a warning', async () => {
    const scanned = await scanBytes(gzipSync(Buffer.concat([A, B, Buffer.alloc(512)])));
    expect(scanned.outcome).toBe('whole');
    expect(scanned.codes).toEqual(['archive-one-zero-block']);
    expect(scanned.rows).toEqual(ROWS_AB);
  });

  it.each([
    ['in data', 1024 + 512 + 4],
    ['in a header', 1024 + 100],
  ])('cut %s keeps the whole members before', async (_name, length) => {
    const scanned = await scanBytes(gzipSync(Buffer.concat([A, B]).subarray(0, length)));
    expect(scanned.outcome).toBe('salvaged');
    expect(scanned.codes[0]).toBe('archive-cut');
    expect(scanned.rows).toEqual(ROWS_A);
  });

  it('cut in padding keeps the member too: all its bytes are there', async () => {
    const scanned = await scanBytes(gzipSync(Buffer.concat([A, B]).subarray(0, 1024 + 512 + 100)));
    expect(scanned.outcome).toBe('salvaged');
    expect(scanned.codes).toEqual(['archive-cut']);
    expect(scanned.rows).toEqual(ROWS_AB);
  });

  it('a size beyond the end is a cut', async () => {
    const scanned = await scanBytes(tarGz(A, tarFile('t_20260131_b.csv', 'id,x\n3,4\n', { size: 1 << 20 })));
    expect(scanned.outcome).toBe('salvaged');
    expect(scanned.rows).toEqual(ROWS_A);
    expect(scanned.members[1]!.record).toMatchObject({ name: 't_20260131_b.csv', outcome: 'quarantined' });
  });

  it('an empty archive is whole, with no members and a finding', async () => {
    const scanned = await scanBytes(tarGz());
    expect(scanned.outcome).toBe('whole');
    expect(scanned.codes).toEqual(['archive-no-members']);
  });

  it('a bomb of 1 GiB in one row ends at a limit', async () => {
    const head = Buffer.concat([
      tarHeader({ name: 't_20260131_a.csv', size: 1 << 30 }),
      Buffer.from('id,x\n'),
    ]);
    const scanned = await scanBytes(gzipSync(Buffer.concat([head, Buffer.alloc(96 << 20, 'x')])));
    expect(scanned.outcome).toBe('rejected');
    expect(scanned.codes).toContain('archive-limit');
  });

  it('more entries than limits.members are refused', async () => {
    const scanned = await scanBytes(tarGz(A, B), { rules: { limits: { members: 1 } } });
    expect(scanned.outcome).toBe('rejected');
    expect(scanned.codes[0]).toBe('archive-limit');
  });
});

describe('member names', () => {
  const skipped = async (name: string | Buffer, data: Buffer = Buffer.from('id,x\n5,6\n')) => {
    const long = Buffer.byteLength(name) > 100;
    const scanned = await scanBytes(
      tarGz(A, ...(long ? [pax({ path: name })] : []), tarFile(long ? 'x' : name, data)),
    );
    expect(scanned.outcome).toBe('whole');
    expect(scanned.rows).toEqual(ROWS_A);
    expect(scanned.members.map(({ record }) => record.outcome)).toEqual(['loaded', 'skipped']);
    return scanned.findings[0]!;
  };

  it.each([
    ['a control character', 't_20260131_\x07.csv', 't_20260131_\\u{7}.csv'],
    ['a terminal sequence', 't_20260131_\x1b[31m.csv', 't_20260131_\\u{1b}[31m.csv'],
    ['a bidi override', 't_20260131_\u202evsc.csv', 't_20260131_\\u{202e}vsc.csv'],
  ])('%s: skipped, and escaped in the report', async (_name, name, shown) => {
    expect(await skipped(name)).toMatchObject({ code: 'member-unmatched-name', member: shown });
  });

  it('a percent-encoded climb is never decoded', async () => {
    expect(await skipped('%2e%2e%2ft_20260131.csv')).toMatchObject({ code: 'member-unmatched-name' });
  });

  it('a name of 1,200 bytes: skipped and reported', async () => {
    const finding = await skipped(`t_20260131_${'n'.repeat(1185)}.csv`);
    expect(finding).toMatchObject({ code: 'member-unmatched-name', detail: 'a name of 1200 bytes' });
  });

  it('a name in CP949: skipped, reported as hex', async () => {
    const finding = await skipped(Buffer.from('t_20260131_\xb0\xa1.csv', 'latin1'));
    expect(finding).toMatchObject({ code: 'member-unmatched-name', member: 't_20260131_\\xb0\\xa1.csv' });
  });

  it.each([
    ['another date', 't_20260130_a.csv'],
    ['a date that does not exist', 't_20261399_a.csv'],
  ])('%s: skipped with a finding', async (_name, name) => {
    expect(await skipped(name)).toMatchObject({ code: 'member-other-date' });
  });

  it.each(['._t_20260131_a.csv', 'd/.DS_Store', '__MACOSX/t_20260131_a.csv'])(
    '%s: ignored, and listed',
    async (name) => {
      expect(await skipped(name)).toMatchObject({ code: 'member-ignored', severity: 'info', member: name });
    },
  );

  it('a nested archive: skipped, never opened', async () => {
    expect(await skipped('t_20260131_a.tar.gz', tarGz(B))).toMatchObject({ code: 'member-nested-archive' });
  });

  it('__proto__: no table of that name', async () => {
    expect(await skipped('__proto___20260131_a.csv')).toMatchObject({ code: 'member-unmatched-name' });
  });

  it('constructor: a table like any other that is not configured', async () => {
    const archive = tarGz(A, tarFile('constructor_20260131_a.csv', 'id\n1\n'));
    const rules = { tables: { t: {} }, contract: { tables: 'quarantine' as const } };
    const scanned = await scanBytes(archive, { rules });
    expect(scanned.rows).toEqual(ROWS_A);
    expect(scanned.findings).toMatchObject([
      { code: 'member-unknown-table', member: 'constructor_20260131_a.csv' },
    ]);
  });

  it('the same name with the same bytes: once, and reported', async () => {
    const scanned = await scanBytes(tarGz(A, B, A));
    expect(scanned.members.map(({ record }) => record.outcome)).toEqual(['loaded', 'loaded', 'duplicate']);
    expect(scanned.codes).toEqual(['member-duplicate']);
  });

  it('the same name with other bytes: both quarantined, the rest loads', async () => {
    const scanned = await scanBytes(tarGz(A, B, tarFile('./t_20260131_a.csv', 'id,x\n9,9\n')));
    expect(scanned.members.map(({ record }) => record.outcome)).toEqual([
      'quarantined',
      'loaded',
      'quarantined',
    ]);
    expect(scanned.codes).toEqual(['member-ambiguous', 'member-ambiguous']);
  });

  it('NFC and NFD twins are two members, and reported', async () => {
    const nfc = 't_20260131_\u00e9.csv';
    const scanned = await scanBytes(tarGz(tarFile(nfc, 'id\n1\n'), tarFile(nfc.normalize('NFD'), 'id\n2\n')));
    expect(scanned.members.map(({ record }) => record.outcome)).toEqual(['loaded', 'loaded']);
    expect(scanned.codes).toEqual(['member-unicode-twins']);
  });

  it('a member in a directory is read by its file name', async () => {
    const scanned = await scanBytes(tarGz(tarFile('other-partner/2026/t_20260131_a.csv', 'id,x\n1,2\n')));
    expect(scanned.rows).toEqual({ 'other-partner/2026/t_20260131_a.csv': '1,2\n' });
  });
});

describe('any bytes', () => {
  it('in a tar end in a verdict, the same for every way the bytes arrive', async () => {
    const base = tar(
      pax({ path: 't_20260131_p.csv', size: '9' }),
      A,
      gnuLong('t_20260131_l.csv'),
      B,
      tarHeader({ name: 'd/', type: '5' }),
    );
    const edit = fc.record({
      at: fc.nat(base.length - 1),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x30, 0x37, 0x20, 0x80, 0xff)),
      fixChecksum: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { maxLength: 3 }),
        fc.nat(base.length),
        fc.integer({ min: 1, max: 3000 }),
        async (edits, cutAt, chunkBytes) => {
          const bytes = Buffer.from(base);
          for (const { at, byte, fixChecksum } of edits) {
            bytes[at] = byte;
            if (fixChecksum) sumAnew(bytes.subarray(at - (at % 512), at - (at % 512) + 512));
          }
          const gz = gzipSync(cutAt % 3 === 0 ? bytes.subarray(0, cutAt) : bytes);
          const scanned = await scanBytes(gz, { chunkBytes });
          const { members: _m, ...again } = await scanBytes(gz);
          expect(scanned).toMatchObject(again);
          expect(scanned.bytes).toBe(gz.length);
          if (scanned.outcome !== 'whole') expect(scanned.codes.length).toBeGreaterThan(0);
          for (const { record } of scanned.members) {
            if (record.outcome === 'loaded') expect(record.nulls).toBeDefined();
          }
        },
      ),
    );
  });
});

function emptyHeader(): Buffer {
  const block = Buffer.alloc(512);
  sumAnew(block);
  return block;
}

function sumAnew(block: Buffer): void {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x10;
  return copy;
}
