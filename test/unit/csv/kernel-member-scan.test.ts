import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { createKernelMemberScan } from '../../../src/csv/kernel/kernel-member-scan.js';
import type {
  CreateMemberScan,
  MemberProfile,
  QuarantinedRow,
  TableScanRules,
} from '../../../src/csv/member-scan.js';
import { csvDocument, type DocumentShape } from '../../support/csv-document.js';

const RUNS = Number(
  process.env.PARTNERDAY_PROPERTY_RUNS ?? (process.env.PARTNERDAY_DEEP === '1' ? 100_000 : 2_000),
);
/** Of a property: a minute and 50 ms a case, on a busy machine. */
const TIMEOUT = 60_000 + 50 * RUNS;

interface Outcome {
  profile: MemberProfile;
  header: readonly string[] | undefined;
  rows: string;
  quarantined: (Omit<QuarantinedRow, 'raw'> & { raw: string | undefined })[];
}

function scan(create: CreateMemberScan, table: TableScanRules, chunks: readonly Uint8Array[]): Outcome {
  const rows: Buffer[] = [];
  const quarantined: Outcome['quarantined'] = [];
  let header: readonly string[] | undefined;
  const memberScan = create({
    member: 'm.csv',
    table,
    limits: { recordBytes: 64 * 1024, headerBytes: 4096, columns: 64 },
    rows: { write: (bytes) => rows.push(Buffer.from(bytes)) },
    quarantine: {
      row: ({ raw, ...row }) => quarantined.push({ ...row, raw: raw && Buffer.from(raw).toString('latin1') }),
    },
    onHeader: (names) => {
      header = names;
    },
  });
  for (const chunk of chunks) memberScan.write(chunk);
  const profile = memberScan.end();
  return { profile, header, rows: Buffer.concat(rows).toString('latin1'), quarantined };
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

const rules = (overrides: Partial<TableScanRules> = {}): TableScanRules => ({
  table: 't',
  dialect: { delimiter: ',', quote: '"', encoding: 'utf-8', nullTokens: [] },
  contract: { tables: 'evolve', columns: 'evolve', types: 'evolve' },
  blankLines: 'skip',
  aliases: {},
  types: {},
  ...overrides,
});

const shapes: fc.Arbitrary<DocumentShape> = fc.record({
  seed: fc.integer(),
  columns: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 })),
  rows: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 30, max: 600 })),
  odd: fc.constantFrom(0, 0, 0.001, 0.02),
  quoted: fc.constantFrom(0, 0.05, 0.5),
  lineEnd: fc.constantFrom<DocumentShape['lineEnd']>('\n', '\n', '\r\n'),
});
const splits = fc.oneof(
  fc.constant([1 << 20]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
  fc.array(fc.integer({ min: 1000, max: 70_000 }), { minLength: 1, maxLength: 5 }),
);
const nullTokens = fc.constantFrom<string[]>(
  [],
  [],
  ['NULL'],
  ['NULL', '\\N', 'NA', '0'],
  ['x'.repeat(31)],
  ['x'.repeat(32)],
);
const tables = fc
  .record({
    nullTokens,
    blankLines: fc.constantFrom<TableScanRules['blankLines']>('skip', 'null-row'),
    mode: fc.constantFrom<TableScanRules['contract']['types']>('evolve', 'freeze', 'discard', 'quarantine'),
    types: fc.oneof(
      fc.constant({}),
      fc.dictionary(
        fc.constantFrom('c0', 'c1', 'c2'),
        fc.constantFrom<TableScanRules['types'][string]>(
          'boolean',
          'integer',
          'decimal',
          'date',
          'timestamp',
          'text',
        ),
      ),
    ),
  })
  .map(({ nullTokens, blankLines, mode, types }) =>
    rules({
      dialect: { delimiter: ',', quote: '"', encoding: 'utf-8', nullTokens },
      blankLines,
      types,
      contract: { tables: 'evolve', columns: 'evolve', types: mode },
    }),
  );

describe('the kernel', () => {
  test(
    'reads every document exactly as the reference scanner does, wherever it is cut',
    () => {
      fc.assert(
        fc.property(shapes, splits, tables, (shape, sizes, table) => {
          const bytes = csvDocument(shape);
          const expected = scan(createByteMemberScan, table, [bytes]);
          expect(scan(createKernelMemberScan, table, cut(bytes, sizes))).toEqual(expected);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT,
  );

  test(
    'takes the rows csv-parse reads, and counts their empty values',
    () => {
      const clean = shapes.map((shape) => ({ ...shape, odd: 0 }));
      fc.assert(
        fc.property(clean, splits, (shape, sizes) => {
          const bytes = csvDocument(shape);
          const [header = [], ...expected] = parse(bytes, {
            relax_quotes: false,
            record_delimiter: ['\r\n', '\n', '\r'],
          }) as string[][];
          const { profile, rows } = scan(
            createKernelMemberScan,
            rules({ blankLines: 'null-row' }),
            cut(bytes, sizes),
          );
          expect(parse(Buffer.from(rows, 'latin1'), { record_delimiter: '\n' })).toEqual(expected);
          expect(profile.header).toEqual(header);
          expect(profile.rows).toBe(expected.length);
          expect(profile.nulls).toEqual(
            header.map((_, column) => expected.filter((row) => row[column] === '').length),
          );
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
    TIMEOUT,
  );

  test('judges a value the same wherever in a block of 64 bytes it stands', () => {
    const values = [
      ...['0', '00', '007', '-007', '-0', '-', '1.', '.5', '00.5', '-1.50', '1.5.1', '1-1', '12e5'],
      ...['1'.repeat(18), '1'.repeat(19), `-${'1'.repeat(18)}`, `-${'1'.repeat(19)}`, `${'1'.repeat(19)}.5`],
      ...['2024-02-29', '2023-02-29', '2024-02-29T10:00', '2024-02-29 24:00', 'true', 'trux', '', 'NULL'],
      ...[
        '""',
        '"7"',
        '"007"',
        '""""',
        '"a""b"',
        '"a,\n""b"',
        '"a"b',
        'a"b',
        '"a"" b"',
        '"\n"',
        '"\r"',
        'a\rb',
      ],
    ];
    const table = rules({ dialect: { delimiter: ',', quote: '"', encoding: 'utf-8', nullTokens: ['NULL'] } });
    for (const value of values) {
      for (let before = 0; before <= 66; before++) {
        for (const end of ['\n', '\r\n']) {
          const lines = ['a,b,c', `${'x'.repeat(before)},${value},1`, `,${value},2`, '1,,3', ''];
          const bytes = Buffer.from(lines.join(end));
          const expected = scan(createByteMemberScan, table, [bytes]);
          const place = `${before} bytes before ${value}`;
          expect(scan(createKernelMemberScan, table, [bytes]), place).toEqual(expected);
        }
      }
    }
  });

  test('knows the days of every month, in columns already of dates and of timestamps', () => {
    const two = (n: number) => String(n).padStart(2, '0');
    for (const year of ['1900', '2000', '2023', '2024', '0000', '20x4']) {
      for (let month = 0; month <= 13; month++) {
        for (let day = 0; day <= 32; day++) {
          const date = `${year}-${two(month)}-${two(day)}`;
          const times = ['00:00', '23:59:59', '24:00', '19:60', '10:00:60', '29:00', '10:00:00Z', '10:0a'];
          const time = times[(month * 33 + day) % times.length];
          const first = '2024-01-01,2024-01-01 00:00,2024-01-01T00:00\n';
          const bytes = Buffer.from(`a,b,c\n${first}${date},${date} 10:00,2024-01-01T${time}\n`);
          const expected = scan(createByteMemberScan, rules(), [bytes]).profile.types;
          expect(scan(createKernelMemberScan, rules(), [bytes]).profile.types, `${date} ${time}`).toEqual(
            expected,
          );
        }
      }
    }
  });

  test('finds the one value that decides a type, and every null, whichever row and column they are in', () => {
    for (const value of ['1234567890123456789', '007', '1.5', 'NULL', '']) {
      for (const columns of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17]) {
        for (let row = 0; row < 20; row++) {
          const column = row % columns;
          const lines = Array.from({ length: 20 }, (_, r) =>
            Array.from({ length: columns }, (_, c) =>
              r === row && c === column ? value : `${r + 1}${c}`,
            ).join(','),
          );
          const header = Array.from({ length: columns }, (_, c) => `c${c}`).join(',');
          const bytes = Buffer.from(`${[header, ...lines].join('\n')}\n`);
          const expected = scan(createByteMemberScan, rules(), [bytes]);
          expect(scan(createKernelMemberScan, rules(), [bytes]), `${value} in ${row}:${column}`).toEqual(
            expected,
          );
        }
      }
    }
  });

  test('reads rows on both sides of every limit of its own as the reference scanner does', () => {
    // A batch is 8 KiB, positions reach 15 KiB with numbers and 30 KiB without, windows 272 KiB.
    for (const around of [128, 8_192, 15_360, 16_384, 30_720, 32_768, 278_528]) {
      for (const length of [around - 70, around - 2, around - 1, around, around + 1, around + 65]) {
        for (const filler of ['x', '7', '"a,\n"']) {
          const long = filler.length === 1 ? filler.repeat(length) : `"${'a,\n'.repeat(length / 3)}"`;
          const rows = `1,2.5,${long}\n2,,x\n3,2024-02-29,"${'y'.repeat(length)}"\n,,\n`.repeat(2);
          const bytes = Buffer.from(`a,b,c\n${rows}${'1,2,3\n'.repeat(3_000)}`);
          const table = rules();
          const expected = scan(createByteMemberScan, table, [bytes]);
          expect(scan(createKernelMemberScan, table, [bytes]), `${filler} ${length}`).toEqual(expected);
          expect(scan(createKernelMemberScan, table, cut(bytes, [4096]))).toEqual(expected);
        }
      }
    }
  }, 120_000);
});
