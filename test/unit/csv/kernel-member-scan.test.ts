import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { createKernelMemberScan } from '../../../src/csv/kernel/kernel-member-scan.js';
import type {
  CreateMemberScan,
  MemberProfile,
  QuarantinedRow,
  TableScanRules,
} from '../../../src/csv/member-scan.js';

const RUNS = Number(process.env.PARTNERDAY_PROPERTY_RUNS ?? 1_500);

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

const digits = (min: number, max: number) =>
  fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`)).map((text) => text.slice(0, max));

/** Values on both sides of every boundary between types. */
const typedValue = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -9999, max: 99999 }).map(String) },
  { weight: 2, arbitrary: digits(1, 22) },
  { weight: 2, arbitrary: digits(1, 22).map((text) => `-${text}`) },
  { weight: 3, arbitrary: fc.tuple(digits(0, 20), digits(0, 20)).map(([a, b]) => `${a}.${b}`) },
  { weight: 1, arbitrary: fc.tuple(digits(0, 3), digits(0, 3)).map(([a, b]) => `-${a}.${b}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '1e5',
      '1E-9',
      '1.5e+300',
      '1e',
      '1e1234',
      '.5',
      '5.',
      '-',
      '--1',
      '+1',
      '0x1',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'tRue', 't') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        fc.constantFrom(1900, 2000, 2023, 2024),
      )
      .map(([m, d, y]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('2024-02-29', '2023-02-29', '2024-12-31', '0000-01-01', '2024-1-01', '20a4-01-01'),
        fc.constantFrom('T', ' ', 't', '  '),
        fc.constantFrom('00:00', '23:59', '24:00', '12:60', '12:3', '1a:00'),
        fc.constantFrom('', ':00', ':59', ':60', ':5', ':00.1', ':00.123456789', ':00.1234567890', ':00.'),
        fc.constantFrom('', 'Z', 'z', '+01:00', '-0100', '+25:00', '+1', '+01:0', ' '),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.constantFrom('', '', 'NULL', 'null', '\\N', 'NA') },
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }).map((text) => text.replace(/[",\r\n]/g, '_')) },
  { weight: 1, arbitrary: fc.constantFrom('똠방각하', 'ü', '𝒳', 'x'.repeat(70), 'y'.repeat(300)) },
);

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
const quotedValue = fc.oneof(
  typedValue.map(quote),
  fc.constantFrom('""', '"a,b"', '"line\nbreak"', '"say ""hi"""', '""""', '"\r"', '"\r\n"', '","', '"\n"'),
);
/** What must never get through unseen. */
const oddValue = fc.constantFrom(
  'a"b',
  '"a"b',
  '"a',
  '"',
  'x\ry',
  '\0',
  'a\0b',
  '\x1a',
  '\x80',
  '\xff\xfe',
  '\xed\xa0\x80',
  'a\nb',
  'a,b',
  '""x',
  '"""',
  '" "" ',
);

interface Shape {
  columns: number;
  odd: number;
  quoted: number;
}

function document({ columns, odd, quoted }: Shape): fc.Arbitrary<Buffer> {
  const latin1 = (value: fc.Arbitrary<string>) =>
    value.map((text) => Buffer.from(text, 'utf8').toString('latin1'));
  const field = fc.oneof(
    { weight: 100, arbitrary: latin1(typedValue) },
    { weight: quoted, arbitrary: latin1(quotedValue) },
    { weight: odd, arbitrary: oddValue },
  );
  // Columns that keep to one kind for a while are what the fast paths are made for.
  const steady = fc.constantFrom<fc.Arbitrary<string>>(
    fc.integer({ min: -99, max: 9999 }).map(String),
    fc.tuple(fc.integer({ min: 0, max: 99 }), digits(1, 3)).map(([a, b]) => `${a}.${b}`),
    fc.constantFrom('2024-02-29', '2001-03-04', ''),
    fc.constantFrom('2024-02-29 10:00:00', '2001-03-04T23:59', ''),
    fc.constantFrom('ATL', 'ORD', '', '"a, b"'),
    field,
    field,
  );
  const end = fc.oneof(
    { weight: 100, arbitrary: fc.constant('\n') },
    { weight: odd, arbitrary: fc.constantFrom('\r\n', '\r', '\n\n', ',\n', ',x\n') },
  );
  return fc
    .array(steady, { minLength: columns, maxLength: columns })
    .chain((kinds) =>
      fc.tuple(
        fc.array(fc.tuple(fc.tuple(...kinds), end, fc.integer({ min: 1, max: 40 })), { maxLength: 15 }),
        fc.boolean(),
      ),
    )
    .map(([rows, closed]) => {
      const header = Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
      const text = rows
        .map(([fields, lineEnd, times]) => (fields.join(',') + lineEnd).repeat(times))
        .join('');
      const body = closed ? text : text.slice(0, -1);
      return Buffer.from(`${header}\n${body}`, 'latin1');
    });
}

const shapes = fc.record({
  columns: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 })),
  odd: fc.constantFrom(0, 0, 1, 10),
  quoted: fc.constantFrom(0, 5, 50),
});
const splits = fc.oneof(
  fc.constant([1 << 20]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
  fc.array(fc.integer({ min: 1000, max: 70_000 }), { minLength: 1, maxLength: 5 }),
);
const tables = fc
  .record({
    nullTokens: fc.constantFrom<string[]>(
      [],
      [],
      ['NULL'],
      ['NULL', '\\N', 'NA', '0'],
      ['x'.repeat(31)],
      ['x'.repeat(32)],
    ),
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

test('the kernel reads every document exactly as the reference scanner does, wherever it is cut', () => {
  fc.assert(
    fc.property(shapes.chain(document), splits, tables, (bytes, sizes, table) => {
      const expected = scan(createByteMemberScan, table, [bytes]);
      expect(scan(createKernelMemberScan, table, cut(bytes, sizes))).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
