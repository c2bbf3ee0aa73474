import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreateMemberScan, MAX_QUARANTINED_ROWS } from '../../src/csv/member-scan.js';
import { type RulesInput, scanCsv } from './scan-bytes.js';

/** What any scanner behind the seam promises. Offsets, lines and rows are those of the first finding of its code. */
export function scannerSuite(create: CreateMemberScan): void {
  const scan = (csv: string | Buffer, rules: RulesInput = {}, cuts: readonly number[] = []) =>
    scanCsv(create, csv, { rules, cuts });
  const bytes = (text: string) => Buffer.from(text, 'latin1');

  describe('text', () => {
    it('a UTF-8 byte-order mark is no part of the first name', () => {
      expect(scan('\ufeffid,x\n1,2\n')).toMatchObject({ header: ['id', 'x'], text: '1,2\n', codes: [] });
      expect(scan('\ufeff"id",x\n1,2\n')).toMatchObject({ header: ['id', 'x'], codes: [] });
    });

    it('a second byte-order mark is reported, and no part of the name either', () => {
      expect(scan('\ufeff\ufeffid\n1\n')).toMatchObject({ header: ['id'], codes: ['member-encoding'] });
    });

    it.each([
      ['nothing', ''],
      ['a byte-order mark only', '\ufeff'],
      ['line ends only', '\n\r\n\r\r'],
      ['NUL bytes only', '\0\0\0\0\0\0'],
      ['a ^Z only', '\x1a'],
    ])('%s: the member is rejected as empty', (_name, csv) => {
      expect(scan(csv).rejected).toMatchObject({ code: 'member-empty' });
    });

    it.each([
      ['UTF-16LE with a mark', Buffer.from('\ufeffid,x\n1,2\n', 'utf16le')],
      ['UTF-16BE with a mark', Buffer.from('\ufeffid,x\n1,2\n', 'utf16le').swap16()],
      ['UTF-16LE without a mark', Buffer.from('id,x\n1,2\n', 'utf16le')],
      ['UTF-16BE without a mark', Buffer.from('id,x\n1,2\n', 'utf16le').swap16()],
      ['UTF-32 with a mark', Buffer.from([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0])],
      ['ISO-2022-KR', bytes('\x1b$)Cid,\x0e0!\x0f\n1,2\n')],
      ['a header in CP949', bytes('id,\xb0\xa1\n1,2\n')],
    ])('%s is rejected when the configuration says UTF-8', (_name, csv) => {
      expect(scan(csv)).toMatchObject({ text: '', rejected: { code: 'member-encoding' } });
    });

    it.each<['utf-16le' | 'utf-16be' | 'cp949' | 'euc-kr', Buffer]>([
      ['utf-16le', Buffer.from('\ufeffid,이름\n1,똠\n', 'utf16le')],
      ['utf-16le', Buffer.from('id,이름\n1,똠\n', 'utf16le')],
      ['utf-16be', Buffer.from('\ufeffid,이름\n1,똠\n', 'utf16le').swap16()],
      ['cp949', bytes('id,\xc0\xcc\xb8\xa7\n1,\x8c\x63\n')],
      ['euc-kr', bytes('id,\xc0\xcc\xb8\xa7\n1,\x8c\x63\n')],
    ])('%s by configuration gives exact UTF-8', (encoding, csv) => {
      for (const step of [1, 3, 1000]) {
        const cuts = Array.from({ length: csv.length }, (_, i) => i).filter((i) => i % step === 0);
        const scanned = scan(csv, { dialect: { encoding } }, cuts);
        expect(scanned).toMatchObject({ header: ['id', '이름'], text: '1,똠\n', codes: [] });
      }
    });

    it('an unpaired surrogate at the end of a UTF-16 member rejects it', () => {
      const csv = Buffer.concat([Buffer.from('id\n1', 'utf16le'), Buffer.from([0x00, 0xd8])]);
      expect(scan(csv, { dialect: { encoding: 'utf-16le' } }).rejected).toMatchObject({
        code: 'member-encoding',
      });
    });

    it.each([
      ['one bad byte', '\xff'],
      ['an overlong form', '\xc0\xaf'],
      ['a surrogate', '\xed\xa0\x80'],
      ['a character that is cut', '\xe3\x81'],
      ['CP949', '\xb0\xa1'],
    ])('%s sets its row aside, with row, line and offset', (_name, bad) => {
      const scanned = scan(bytes(`id,x\n1,a\n2,b${bad}\n3,c\n`));
      expect(scanned.text).toBe('1,a\n3,c\n');
      expect(scanned.findings).toMatchObject([{ code: 'row-encoding', row: 2, line: 3, offset: 9 }]);
      expect(scanned.findings[0]!.detail).toContain('offset 12');
      expect(scanned.quarantined[0]!.raw).toEqual(bytes(`2,b${bad}`));
    });

    it('characters are whole wherever chunks end', () => {
      const csv = Buffer.from('id,x\n1,똠é😀\n');
      for (let cut = 1; cut < csv.length; cut++) {
        expect(scan(csv, {}, [cut])).toMatchObject({ text: '1,똠é😀\n', codes: [] });
      }
    });
  });

  describe('rows', () => {
    it.each([
      ['LF', 'id,x\n1,2\n3,4\n'],
      ['CRLF', 'id,x\r\n1,2\r\n3,4\r\n'],
      ['CR', 'id,x\r1,2\r3,4\r'],
      ['mixed', 'id,x\n1,2\r\n3,4\r'],
      ['no final line end', 'id,x\n1,2\n3,4'],
      ['blank lines', '\n\nid,x\n\n1,2\n\r\n3,4\n\n'],
    ])('%s: the same rows, each with one LF', (_name, csv) => {
      for (let cut = 1; cut < csv.length; cut++) {
        expect(scan(csv, {}, [cut])).toMatchObject({ rows: 2, text: '1,2\n3,4\n', codes: [] });
      }
    });

    it('line ends, quotes and delimiters in quotes are kept exactly', () => {
      const row = '1,"a\r\nb\rc\nd, ""e"""\n';
      for (let cut = 1; cut < row.length + 5; cut++) {
        expect(scan(`id,x\n${row}`, {}, [cut])).toMatchObject({ rows: 1, text: row, codes: [] });
      }
    });

    it('values are kept exactly: formulas, big numbers, leading zeros, spaces', () => {
      const rows = '=1+2,@cmd\n12345678901234567890,007\n" a ", b \n1e5,\x1b[31mred\n';
      expect(scan(`id,x\n${rows}`)).toMatchObject({ rows: 4, text: rows, codes: [] });
    });

    it.each([
      ['short', '2', 'row-short'],
      ['long', '2,b,c', 'row-long'],
      ['with a trailing delimiter', '2,b,', 'row-long'],
      ['with a bare quote', '2,b"c', 'row-quote'],
      ['with text after a quote', '2,"b"c', 'row-quote'],
      ['with a backslash before a quote', '2,"b\\"c"', 'row-quote'],
      ['with a NUL', '2,b\0c', 'row-nul'],
      ['of NULs', '\0\0\0', 'row-nul'],
      ['that is a ^Z', '\x1a', 'row-nul'],
    ])('a row %s is set aside with its place; its neighbours stay', (_name, bad, code) => {
      const csv = `id,x\n1,"a\na"\n${bad}\n3,c\n`;
      for (let cut = 1; cut < csv.length; cut++) {
        const scanned = scan(csv, {}, [cut]);
        expect(scanned).toMatchObject({ rows: 3, rowsQuarantined: 1, text: '1,"a\na"\n3,c\n' });
        expect(scanned.findings).toMatchObject([{ code, row: 2, line: 4, offset: 13, severity: 'error' }]);
        expect(scanned.quarantined).toMatchObject([
          { code, row: 2, line: 4, offset: 13, raw: Buffer.from(bad) },
        ]);
      }
    });

    it('a quote that is never closed takes the rest of the member with it, and says so', () => {
      const scanned = scan('id,x\n1,a\n2,"b\n3,c\n');
      expect(scanned).toMatchObject({ rows: 2, rowsQuarantined: 1, text: '1,a\n' });
      expect(scanned.quarantined).toMatchObject([
        { code: 'row-unterminated-quote', row: 2, line: 3, offset: 9, raw: Buffer.from('2,"b\n3,c\n') },
      ]);
    });

    it('a row above recordBytes is set aside; the rows behind it stay', () => {
      const csv = `id,x\n1,a\n2,${'b'.repeat(3000)}\r\n3,c\n`;
      for (const cut of [5, 900, 1034, 2000, 3011, 3012, 3013, 3014]) {
        const scanned = scan(csv, { limits: { recordBytes: '1 KiB' } }, [cut]);
        expect(scanned).toMatchObject({ rows: 3, rowsQuarantined: 1, text: '1,a\n3,c\n' });
        expect(scanned.findings).toMatchObject([{ code: 'row-limit', row: 2, line: 3, offset: 9 }]);
      }
      expect(scan(`${csv}4\n`, { limits: { recordBytes: '1 KiB' } }).findings[1]).toMatchObject({
        row: 4,
        line: 5,
      });
    });

    it('quotes that stay open for more than recordBytes reject the member, however it is cut', () => {
      const csv = `id,x\n1,"${'b\n'.repeat(2000)}"\n3,c\n`;
      for (const cut of [5, 900, 1034, 2000, 4010]) {
        const scanned = scan(csv, { limits: { recordBytes: '1 KiB' } }, [cut]);
        expect(scanned.rejected).toMatchObject({ code: 'member-limit', row: 1, line: 2 });
      }
    });

    it('a member with too many bad rows is rejected as a whole', () => {
      expect(scan(`id,x\n${'1\n'.repeat(MAX_QUARANTINED_ROWS)}`).rejected).toBeUndefined();
      const scanned = scan(`id,x\n${'1\n'.repeat(MAX_QUARANTINED_ROWS + 50)}`);
      expect(scanned.rejected).toMatchObject({ code: 'member-rejected' });
      expect(scanned.quarantined.length).toBeLessThanOrEqual(MAX_QUARANTINED_ROWS + 1);
    });

    it('a blank line of a one-column table is nothing, or by configuration a null', () => {
      expect(scan('id\n1\n\n2\n""\n')).toMatchObject({ rows: 3, nulls: [1], text: '1\n2\n""\n' });
      const rules = { members: { blankLines: 'null-row' as const } };
      expect(scan('id\n1\n\n2\n', rules)).toMatchObject({ rows: 3, nulls: [1], text: '1\n""\n2\n' });
    });
  });

  describe('header', () => {
    it.each([
      ['a repeated name', 'id,id\n', 'member-duplicate-column'],
      ['a name repeated but for its Unicode form', '\u00e9,e\u0301\n', 'member-duplicate-column'],
      ['an empty name', 'id,\n', 'member-empty-column-name'],
      ['a quoted empty name', 'id,""\n', 'member-empty-column-name'],
      ['a bare quote', 'id,a"b\n', 'member-no-header'],
      ['an open quote', 'id,"ab\n', 'member-no-header'],
      [
        'more columns than the limit',
        `${Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',')}\n`,
        'member-limit',
      ],
      ['a name above the limit', `${'n'.repeat((1 << 20) + 1)}\n`, 'member-limit'],
    ])('%s: the member is rejected', (_name, csv, code) => {
      const scanned = scan(`${csv}1,2\n`);
      expect(scanned.rejected).toMatchObject({ code });
      expect(scanned.text).toBe('');
    });

    it('names are kept in their order, in NFC, untrimmed, whatever they look like', () => {
      expect(scan('2,1,0\n1,2,3\n').header).toEqual(['2', '1', '0']);
      expect(scan('e\u0301\n1\n').header).toEqual(['\u00e9']);
      expect(scan(' id , x\n1,2\n').header).toEqual([' id ', ' x']);
      expect(scan('__proto__,constructor\n1,2\n').header).toEqual(['__proto__', 'constructor']);
      expect(scan('"a ""b"", c",d\n1,2\n').header).toEqual(['a "b", c', 'd']);
    });

    it('aliases give columns their canonical name', () => {
      const tables = { t: { aliases: { hotelId: 'hotel_id', '\u00e9': 'e' } } };
      expect(scan('hotelId,e\u0301\n1,2\n', { tables }).header).toEqual(['hotel_id', 'e']);
      expect(scan('hotelId,hotel_id\n1,2\n', { tables }).rejected).toMatchObject({
        code: 'member-duplicate-column',
      });
    });

    it('a header alone is a member without rows', () => {
      for (const csv of ['id,x', 'id,x\n', 'id,x\r\n']) {
        expect(scan(csv)).toMatchObject({ header: ['id', 'x'], rows: 0, text: '', codes: [] });
      }
    });

    it.each([
      [';', 'id;x\n1;2\n'],
      ['tab', 'id\tx\n1\t2\n'],
    ])('another delimiter (%s) is no guess but a hint', (_name, csv) => {
      const scanned = scan(csv);
      expect(scanned.findings).toMatchObject([{ code: 'member-dialect', severity: 'warning' }]);
      expect(scanned.header).toHaveLength(1);
    });
  });

  describe('dialect', () => {
    it('another delimiter and quote are rewritten; values stay', () => {
      const dialect = { delimiter: ';', quote: "'" };
      const scanned = scan(`id;x\n1;'it''s; "so"'\n2;a,b\n'';3\n`, { dialect });
      expect(scanned.text).toBe('1,"it\'s; ""so"""\n2,"a,b"\n,3\n');
      expect(scanned.nulls).toEqual([1, 0]);
    });

    it('nulls are empty values and null tokens; quoting makes no difference', () => {
      const scanned = scan('a,b,c\n,"",NULL\n"NULL",null,x\n', { dialect: { nullTokens: ['NULL', '\\N'] } });
      expect(scanned.nulls).toEqual([2, 1, 1]);
      expect(scanned.types).toEqual(['null', 'text', 'text']);
    });
  });

  describe('contract', () => {
    const table = (columns: string[], contract: object, types = {}) => ({
      tables: { t: { columns, contract, types } },
    });

    it('columns: discard leaves the column out', () => {
      const scanned = scan('id,extra,x\n1,"q, q",\n', table(['id', 'x'], { columns: 'discard' }));
      expect(scanned).toMatchObject({
        header: ['id', 'x'],
        text: '1,\n',
        nulls: [0, 1],
        types: ['integer', 'null'],
      });
    });

    it('columns: quarantine rejects the member', () => {
      const scanned = scan('id,extra\n1,2\n', table(['id'], { columns: 'quarantine' }));
      expect(scanned.rejected).toMatchObject({ code: 'member-rejected', column: 'extra' });
    });

    it.each(['evolve', 'freeze'])('columns: %s keeps the column for the plan to judge', (columns) => {
      expect(scan('id,extra\n1,2\n', table(['id'], { columns }))).toMatchObject({
        header: ['id', 'extra'],
        text: '1,2\n',
      });
    });

    it.each([
      ['evolve', '1\nx\n\n', false],
      ['freeze', '1\nx\n', false],
      ['discard', '1\n', true],
      ['quarantine', '1\n', true],
    ])('types: %s', (types, _text, setAside) => {
      const scanned = scan('id,y\n1,1\nx,1\n,1\n', table(['id', 'y'], { types }, { id: 'integer' }));
      expect(scanned.findings).toMatchObject([{ code: 'row-type', column: 'id', row: 2, line: 3 }]);
      expect(scanned.text).toBe(setAside ? '1,1\n,1\n' : '1,1\nx,1\n,1\n');
      expect(scanned).toMatchObject({ rows: 3, rowsQuarantined: setAside ? 1 : 0 });
      expect(scanned.quarantined.map(({ raw }) => raw?.toString())).toEqual(
        setAside ? [types === 'quarantine' ? 'x,1' : undefined] : [],
      );
    });

    it('types: a narrower value fits a wider type, a null fits all', () => {
      const rules = table(['a', 'b'], { types: 'quarantine' }, { a: 'decimal', b: 'timestamp' });
      expect(scan('a,b\n1,2026-01-31\n1.5,2026-01-31 10:00\n,\n', rules).codes).toEqual([]);
    });
  });

  describe('held to csv-parse', () => {
    it('reads any well-formed document, in any dialect, however it is cut, as csv-parse does', () => {
      fc.assert(
        fc.property(document(), ({ csv, dialect, cuts }) => {
          const scanned = scan(csv, { dialect }, cuts);
          const [header, ...rows] = oracle(csv, dialect.delimiter, dialect.quote);
          expect(scanned.header).toEqual(header);
          expect(scanned.rows).toBe(rows.length);
          const good = rows.filter((row) => row.length === header!.length);
          expect(oracle(scanned.text, ',', '"')).toEqual(good);
          expect(scanned.rowsQuarantined).toBe(rows.length - good.length);
          expect(scanned.nulls).toEqual(header!.map((_, i) => good.filter((row) => row[i] === '').length));
        }),
      );
    });

    it('on any bytes: the same at any cut, no row lost, and csv-parse agrees wherever both accept', () => {
      fc.assert(
        fc.property(soup(), fc.array(fc.nat(120), { maxLength: 8 }), (csv, cuts) => {
          const whole = scan(csv);
          expect(scan(csv, {}, cuts)).toEqual(whole);
          if (whole.rejected) return;
          const written = oracle(whole.text, ',', '"').length;
          expect(written + whole.rowsQuarantined).toBe(whole.rows);
          expect(whole.quarantined).toHaveLength(whole.rowsQuarantined);
          if (whole.codes.length > 0) return;
          expect(oracle(csv.toString(), ',', '"').slice(1)).toEqual(oracle(whole.text, ',', '"'));
        }),
      );
    });

    it('accepts nothing with broken quotes: where csv-parse throws, a row or the member is set aside', () => {
      fc.assert(
        fc.property(soup(), (csv) => {
          try {
            oracle(csv.toString(), ',', '"');
          } catch {
            expect(scan(csv).codes).not.toEqual([]);
          }
        }),
      );
    });
  });
}

function oracle(csv: string, delimiter: string, quote: string): string[][] {
  return parse(csv, {
    delimiter,
    quote,
    escape: quote,
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
  });
}

/** A document with a sound header, rows of mostly the right length, any quoting and any line ends. */
function document() {
  const dialects = fc.constantFrom(
    { delimiter: ',', quote: '"' },
    { delimiter: ';', quote: '"' },
    { delimiter: '\t', quote: "'" },
    { delimiter: '|', quote: '"' },
  );
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('', '1', '-7', '1.5', 'true', '2026-01-31', 'NULL', '007') },
    fc.string({ unit: fc.constantFrom('a', '"', "'", ',', ';', '\n', '\r', ' ', '가', '😀'), maxLength: 6 }),
  );
  const cell = fc.record({ value, quoted: fc.boolean() });
  const shape = fc.record({
    dialect: dialects,
    columns: fc.integer({ min: 1, max: 5 }),
    rows: fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { maxLength: 12 }),
    lengths: fc.array(fc.constantFrom(0, 0, 0, 0, 1, -1), { minLength: 12, maxLength: 12 }),
    ends: fc.array(fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\n'), { minLength: 13, maxLength: 13 }),
    lastEnd: fc.boolean(),
    bom: fc.boolean(),
    cuts: fc.array(fc.nat(300), { maxLength: 8 }),
  });
  return shape.map(({ dialect, columns, rows, lengths, ends, lastEnd, bom, cuts }) => {
    const { delimiter, quote } = dialect;
    const needed = [delimiter, quote, '\n', '\r'];
    const write = (text: string, quoted: boolean) =>
      quoted || needed.some((c) => text.includes(c))
        ? quote + text.replaceAll(quote, quote + quote) + quote
        : text;
    const lines = [Array.from({ length: columns }, (_, i) => `c${i}`).join(delimiter)];
    for (const [index, row] of rows.entries()) {
      const length = Math.min(5, Math.max(1, columns + lengths[index]!));
      lines.push(
        row
          .slice(0, length)
          .map((c) => write(c.value, c.quoted))
          .join(delimiter),
      );
    }
    const text = lines
      .map((line, i) => (i === lines.length - 1 && !lastEnd ? line : line + ends[i]!))
      .join('');
    return { csv: (bom ? '\ufeff' : '') + text, dialect, cuts };
  });
}

/** Bytes that look like CSV, broken in every way. */
function soup() {
  const piece = fc.constantFrom(
    'a',
    'b',
    '1',
    ',',
    ',',
    '"',
    '""',
    '\n',
    '\r',
    '\r\n',
    '\0',
    '\x1a',
    'é',
    '가',
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(`h,k\n${pieces.join('')}`));
  const bad = fc.tuple(text, fc.nat(60), fc.constantFrom(0xff, 0xc3, 0x80, 0xe0));
  return fc.oneof(
    { weight: 3, arbitrary: text },
    bad.map(([bytes, at, byte]) =>
      Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]),
    ),
  );
}
