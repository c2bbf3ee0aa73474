import type { Finding } from '../../src/quality/finding.js';
import { archiveName, memberName, type PlantedDay } from './planted-day.js';

/** What must be said of a fault: every field that is named here must be the finding's. */
export type Expected = Partial<
  Pick<Finding, 'code' | 'table' | 'column' | 'archive' | 'member' | 'count'>
> & {
  code: Finding['code'];
};

export interface PlantedFault {
  name: string;
  /** On top of the partner's own. */
  config?: Record<string, unknown>;
  /** Runs after four weeks of ordinary days. */
  history?: true;
  make(day: PlantedDay): PlantedDay;
  size?: { archives?: number; orders?: number; guests?: number };
  /** `undefined`: just below the threshold, where nothing of this kind must be said. */
  finds: Expected | undefined;
  /** Below the threshold: what must not be said. */
  silent?: Expected;
  /** What is true besides: the consequences of the fault. */
  also?: Finding['code'][];
}

export const PLANTED_DATE = '2026-11-21';
const YYYYMMDD = PLANTED_DATE.replaceAll('-', '');

const [FIRST, THIRD] = [archiveName(0), archiveName(2)];
const key = (name: string) => `landing/acme/${PLANTED_DATE}/${name}`;
const member = (table: string, n: number) => memberName(table, PLANTED_DATE, n);

interface Threshold {
  kind: string;
  below: number;
  at: number;
  above: number;
  plant(day: PlantedDay, amount: number): unknown;
  size?: (amount: number) => NonNullable<PlantedFault['size']>;
  config?: Record<string, unknown>;
  history?: true;
  finds: Expected;
  also?: Finding['code'][];
}

/** The same fault at, just below and just above its threshold. */
function around({ kind, plant, size, finds, ...threshold }: Threshold): PlantedFault[] {
  const { config, history, also } = threshold;
  return (['below', 'at', 'above'] as const).map((where) => {
    const amount = threshold[where];
    return {
      name: `${kind}, ${where === 'at' ? 'at' : `just ${where}`} the threshold (${amount})`,
      ...(config === undefined ? {} : { config }),
      ...(history === undefined ? {} : { history }),
      ...(size === undefined ? {} : { size: size(amount) }),
      ...(also === undefined ? {} : { also }),
      make(day) {
        plant(day, amount);
        return day;
      },
      ...(where === 'below' ? { finds: undefined, silent: finds } : { finds }),
    };
  });
}

const quality = (fields: Record<string, unknown>) => ({ quality: fields });
const rule = (fields: Record<string, unknown>) => quality({ rules: [{ id: 'planted', ...fields }] });
/** Rows of a member as text, the first `count` of the table with another text. */
function rewritten(day: PlantedDay, table: string, count: number, broken: (line: string) => Buffer): void {
  let left = count;
  for (const content of day.members(table)) {
    const lines = content.rows.map(
      (row) => `${content.header.map((name) => quoted(row[name] ?? '')).join(',')}`,
    );
    content.bytes = Buffer.concat([
      Buffer.from(`${content.header.join(',')}\n`),
      ...lines.map((line) => (left-- > 0 ? broken(line) : Buffer.from(`${line}\n`))),
    ]);
  }
}

function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function copies(day: PlantedDay, count: number): void {
  const again = new Map([...day.archives].slice(0, count).flatMap(([, members]) => [...members].slice(0, 1)));
  // Not the same archive again: the same members in another one.
  day.archives.set('part-99.tar.gz', again);
  day.announced?.push('part-99.tar.gz');
}

function drop(day: PlantedDay, table: string, count: number): void {
  for (let n = 0; n < count; n++) day.archives.get(archiveName(n))!.delete(member(table, n));
}

export const PLANTED: PlantedFault[] = [
  // nulls
  ...around({
    kind: 'null cells of a column',
    below: 19,
    at: 20,
    above: 21,
    plant: (day, count) => day.nulls('orders', 'note', count),
    finds: { code: 'null-ratio', table: 'orders', column: 'note' },
  }),
  ...around({
    kind: 'null cells of a column with a threshold of its own',
    below: 49,
    at: 50,
    above: 51,
    config: quality({ tables: { orders: { columns: { note: { nullRatio: 0.5 } } } } }),
    plant: (day, count) => day.nulls('orders', 'note', count),
    finds: { code: 'null-ratio', table: 'orders', column: 'note' },
  }),
  ...around({
    kind: 'null cells of a table with a threshold of its own',
    below: 29,
    at: 30,
    above: 31,
    config: quality({ tables: { guests: { nullRatio: 0.1, columns: columnsNever() } } }),
    plant: (day, count) => day.nulls('guests', 'country', count),
    finds: { code: 'null-ratio', table: 'guests' },
  }),
  ...around({
    kind: 'null cells, by a threshold of the partner',
    below: 32,
    at: 33,
    above: 34,
    config: quality({ nullRatio: 0.33 }),
    plant: (day, count) => day.nulls('guests', 'country', count),
    finds: { code: 'null-ratio', table: 'guests', column: 'country' },
  }),
  // archives and members that did not come
  ...around({
    kind: 'an archive of those announced by name is missing; so many are announced',
    below: 21,
    at: 20,
    above: 19,
    size: (archives) => ({ archives }),
    plant: (day) => day.archives.delete(THIRD),
    finds: { code: 'archive-missing', count: 1 },
    also: ['archive-missing'],
  }),
  ...around({
    kind: 'an archive of those announced by number is missing; so many are announced',
    below: 21,
    at: 20,
    above: 19,
    size: (archives) => ({ archives }),
    plant(day, count) {
      day.archives.delete(THIRD);
      day.announced = undefined;
      day.announcedCount = count;
    },
    finds: { code: 'archive-missing', count: 1 },
    also: ['archive-missing'],
  }),
  ...around({
    kind: 'archives missing by earlier days',
    below: 1,
    at: 2,
    above: 3,
    history: true,
    config: quality({ missingFiles: 0.1 }),
    plant(day, count) {
      for (let n = 0; n < count; n++) day.archives.delete(archiveName(n));
      day.announced = undefined;
    },
    finds: { code: 'archive-missing' },
    also: ['member-missing'],
  }),
  ...around({
    kind: 'members missing by earlier days',
    below: 1,
    at: 2,
    above: 3,
    history: true,
    config: quality({ tables: { guests: { missingFiles: 0.1 } } }),
    plant: (day, count) => drop(day, 'guests', count),
    finds: { code: 'member-missing', table: 'guests' },
  }),
  // rows and members that are not as they should be
  ...around({
    kind: 'rows with another number of fields',
    below: 4,
    at: 5,
    above: 6,
    config: quality({ tables: { orders: { raggedRows: 0.05 } } }),
    plant: (day, count) => rewritten(day, 'orders', count, (line) => Buffer.from(`${line},more\n`)),
    finds: { code: 'ragged-rows', table: 'orders', archive: key(FIRST), member: member('orders', 0) },
    also: ['row-long'],
  }),
  ...around({
    kind: 'rows in another encoding',
    below: 4,
    at: 5,
    above: 6,
    config: quality({ brokenEncoding: 0.05 }),
    plant: (day, count) =>
      rewritten(day, 'guests', count, (line) =>
        Buffer.concat([Buffer.from(line), Buffer.from([0xff, 0x0a])]),
      ),
    finds: { code: 'broken-encoding', table: 'guests', archive: key(FIRST), member: member('guests', 0) },
    also: ['row-encoding'],
  }),
  ...around({
    kind: 'members that were sent twice; so many were sent once',
    below: 19,
    at: 18,
    above: 17,
    size: (archives) => ({ archives }),
    config: quality({ duplicateMembers: 0.1 }),
    plant: (day) => copies(day, 2),
    finds: { code: 'duplicate-members', table: 'orders', archive: key('part-99.tar.gz') },
    also: ['member-duplicate'],
  }),
  // against earlier days
  ...around({
    kind: 'fewer rows than on earlier days',
    below: 76,
    at: 75,
    above: 74,
    history: true,
    size: (orders) => ({ orders }),
    plant: (day) => day,
    finds: { code: 'row-count-change', table: 'orders' },
    // Fewer rows have fewer keys.
    also: ['distinct-change'],
  }),
  ...around({
    kind: 'more rows than on earlier days',
    below: 124,
    at: 125,
    above: 126,
    history: true,
    size: (orders) => ({ orders }),
    plant: (day) => day,
    finds: { code: 'row-count-change', table: 'orders' },
  }),
  ...around({
    kind: 'fewer rows than on earlier days, by a threshold of the table',
    below: 91,
    at: 90,
    above: 89,
    history: true,
    config: quality({ tables: { guests: { volumeChange: 0.1 } } }),
    size: (guests) => ({ guests }),
    plant: (day) => day,
    finds: { code: 'row-count-change', table: 'guests' },
  }),
  ...around({
    kind: 'fewer rows of the whole day',
    below: 91,
    at: 90,
    above: 89,
    history: true,
    config: quality({
      volumeChange: 0.1,
      tables: { orders: { volumeChange: 1 }, guests: { volumeChange: 1 } },
    }),
    size: (each) => ({ orders: each, guests: each }),
    plant: (day) => day,
    finds: { code: 'volume-change' },
  }),
  ...around({
    kind: 'more null cells than on earlier days',
    below: 14,
    at: 15,
    above: 16,
    history: true,
    plant: (day, count) => day.nulls('orders', 'note', count),
    finds: { code: 'null-ratio-change', table: 'orders', column: 'note' },
  }),
  ...around({
    kind: 'the last archive later than on earlier days, in minutes after the opening',
    below: 119,
    at: 120,
    above: 121,
    history: true,
    plant(day, minutes) {
      day.arrival = minutes;
    },
    finds: { code: 'late-arrival' },
  }),
  ...around({
    kind: 'fewer keys than on earlier days',
    below: 76,
    at: 75,
    above: 74,
    history: true,
    plant(day, keys) {
      for (const [n, row] of day.rows('orders').entries()) row.guest = String(n % keys);
    },
    finds: { code: 'distinct-change', table: 'orders', column: 'guest' },
  }),
  // rules across tables
  ...around({
    kind: 'rows that refer to nothing',
    below: 4,
    at: 5,
    above: 6,
    config: rule({
      kind: 'foreign-key',
      table: 'orders',
      columns: ['guest'],
      to: { table: 'guests', columns: ['id'] },
      threshold: 0.05,
    }),
    plant(day, count) {
      for (const row of day.rows('orders').slice(0, count)) row.guest = `nobody "${row.id}"`;
    },
    finds: { code: 'rule-foreign-key', table: 'orders', column: 'guest', archive: key(FIRST) },
  }),
  ...around({
    kind: 'rows with the key of another row',
    below: 4,
    at: 5,
    above: 6,
    config: rule({ kind: 'unique', table: 'guests', columns: ['id'], threshold: 0.05 }),
    plant(day, count) {
      for (const row of day.rows('guests').slice(50, 50 + count)) row.id = '49';
    },
    finds: { code: 'rule-unique', table: 'guests', column: 'id', archive: key(archiveName(9)) },
  }),
  ...around({
    kind: 'rows for each row of another table',
    below: 150,
    at: 151,
    above: 152,
    size: (orders) => ({ orders }),
    config: rule({ kind: 'row-ratio', table: 'orders', to: { table: 'guests' }, least: 1, most: 1.5 }),
    plant: (day) => day,
    finds: { code: 'rule-row-ratio', table: 'orders' },
  }),
  ...around({
    kind: 'dates so many days before the business date',
    below: 3,
    at: 4,
    above: 5,
    config: rule({
      kind: 'date-window',
      table: 'orders',
      columns: ['ordered'],
      daysBefore: 3,
      daysAfter: 0,
    }),
    plant(day, days) {
      day.rows('orders')[42]!.ordered = new Date(Date.parse(`${PLANTED_DATE}T00:00:00Z`) - days * 86_400_000)
        .toISOString()
        .slice(0, 10);
    },
    finds: {
      code: 'rule-date-window',
      table: 'orders',
      column: 'ordered',
      archive: key(archiveName(8)),
      count: 1,
    },
  }),
  ...around({
    kind: 'amounts that differ, in hundredths',
    below: 1,
    at: 2,
    above: 3,
    config: rule({
      kind: 'sum',
      table: 'orders',
      columns: ['amount'],
      by: ['guest'],
      to: { table: 'guests', columns: ['name'], by: ['id'] },
      tolerance: 0.01,
    }),
    plant(day, hundredths) {
      const amounts = new Map(day.rows('orders').map(({ guest, amount }) => [guest, amount]));
      for (const row of day.rows('guests')) row.name = amounts.get(row.id) ?? '0';
      const other = day.rows('guests')[30]!;
      other.name = (Number(other.name) + hundredths / 100).toFixed(2);
    },
    finds: { code: 'rule-sum', table: 'orders', column: 'amount', archive: key(archiveName(6)), count: 1 },
  }),
  // without a threshold: any is one too many
  {
    name: 'a single row with too few fields',
    make(day) {
      rewritten(day, 'guests', 1, () => Buffer.from('only one field\n'));
      return day;
    },
    finds: {
      code: 'ragged-rows',
      table: 'guests',
      member: member('guests', 0),
      archive: key(FIRST),
      count: 1,
    },
    also: ['row-short'],
  },
  {
    name: 'a member in another encoding',
    make(day) {
      const content = day.member('guests', 2);
      content.bytes = Buffer.from(`${content.header.join(',')}\n1,a,KR\n`, 'utf16le');
      return day;
    },
    finds: { code: 'broken-encoding', table: 'guests', member: member('guests', 2), archive: key(THIRD) },
    also: ['member-encoding'],
  },
  {
    name: 'a column that is new',
    history: true,
    make(day) {
      const content = day.member('orders', 2);
      content.header = [...content.header, 'channel'];
      return day;
    },
    finds: { code: 'header-drift', table: 'orders', archive: key(THIRD), member: member('orders', 2) },
    // Its cells are null in all other members.
    also: ['null-ratio', 'null-ratio-change'],
  },
  {
    name: 'a column that some members lack',
    history: true,
    make(day) {
      const content = day.member('orders', 2);
      content.header = content.header.filter((column) => column !== 'amount');
      return day;
    },
    finds: { code: 'header-drift', table: 'orders', archive: key(THIRD), member: member('orders', 2) },
    also: ['column-removed', 'null-ratio-change'],
  },
  {
    name: 'a column that no member has any more',
    history: true,
    make(day) {
      for (const content of day.members('guests'))
        content.header = content.header.filter((column) => column !== 'country');
      return day;
    },
    finds: { code: 'column-missing', table: 'guests', column: 'country', archive: key(FIRST) },
  },
  {
    name: 'columns in another order',
    history: true,
    make(day) {
      const content = day.member('guests', 2);
      content.header = ['id', 'country', 'name'];
      return day;
    },
    finds: { code: 'header-drift', table: 'guests', archive: key(THIRD), member: member('guests', 2) },
  },
  {
    name: 'values of another type than on earlier days',
    history: true,
    make(day) {
      day.member('orders', 2).rows[0]!.amount = 'n/a';
      return day;
    },
    finds: {
      code: 'column-retyped',
      table: 'orders',
      column: 'amount',
      archive: key(THIRD),
      member: member('orders', 2),
      count: 1,
    },
  },
  {
    name: 'values of another type than the configuration says',
    config: { tables: { orders: { types: { id: 'integer' } } } },
    make(day) {
      day.member('orders', 2).rows[0]!.id = 'A-1';
      return day;
    },
    finds: {
      code: 'column-retyped',
      table: 'orders',
      column: 'id',
      archive: key(THIRD),
      member: member('orders', 2),
    },
    also: ['row-type'],
  },
  {
    name: 'values of another type than the schema file says',
    config: quality({
      schemaFile: 'good-day.json',
      expected: {
        guests: [
          { name: 'id', type: 'integer' },
          { name: 'name', type: 'text' },
          { name: 'country', type: 'text' },
        ],
      },
    }),
    make(day) {
      day.member('guests', 2).rows[0]!.id = 'A-1';
      return day;
    },
    finds: {
      code: 'column-retyped',
      table: 'guests',
      column: 'id',
      archive: key(THIRD),
      member: member('guests', 2),
    },
  },
  {
    name: 'a column the schema file does not know',
    config: quality({
      schemaFile: 'good-day.json',
      expected: {
        guests: [
          { name: 'id', type: 'integer' },
          { name: 'name', type: 'text' },
        ],
      },
    }),
    make: (day) => day,
    finds: { code: 'column-unexpected', table: 'guests', column: 'country' },
  },
  {
    name: 'a column the schema file knows is in no member',
    config: quality({
      schemaFile: 'good-day.json',
      expected: {
        guests: ['id', 'name', 'country', 'born'].map((name) => ({ name, type: 'null' })),
      },
    }),
    make: (day) => day,
    finds: { code: 'column-missing', table: 'guests', column: 'born' },
  },
  {
    name: 'a table that has no member at all',
    history: true,
    make(day) {
      drop(day, 'guests', 20);
      return day;
    },
    finds: { code: 'table-without-members', table: 'guests' },
    also: ['volume-change'],
  },
  {
    name: 'an archive that ends in its middle',
    make(day) {
      const bytes = day.archiveBytes(THIRD);
      day.damaged.set(THIRD, bytes.subarray(0, Math.floor(bytes.length / 2)));
      return day;
    },
    finds: { code: 'archive-cut', archive: key(THIRD) },
    also: ['archive-cut'],
  },
  {
    name: 'an archive that is none',
    make(day) {
      day.damaged.set(THIRD, Buffer.from('<html>not found</html>'));
      return day;
    },
    finds: { code: 'archive-not-gzip', archive: key(THIRD) },
  },
  {
    name: 'the same archive under two names',
    make(day) {
      day.damaged.set('part-98.tar.gz', day.archiveBytes(THIRD));
      day.announced!.push('part-98.tar.gz');
      return day;
    },
    finds: { code: 'archive-duplicate', archive: key('part-98.tar.gz') },
  },
  {
    name: 'an archive nobody announced',
    make(day) {
      day.announced = day.announced!.filter((name) => name !== THIRD);
      return day;
    },
    finds: { code: 'archive-unannounced', archive: key(THIRD) },
  },
  {
    name: 'a day that no source said was complete',
    make(day) {
      day.announced = undefined;
      day.sealed = true;
      return day;
    },
    finds: { code: 'day-unsigned' },
  },
  {
    name: 'a member of another day',
    make(day) {
      const members = day.archives.get(THIRD)!;
      members.set(`guests_20261101_2.csv`, { header: ['id'], rows: [{ id: '1' }] });
      return day;
    },
    finds: { code: 'member-other-date', archive: key(THIRD), member: 'guests_20261101_2.csv' },
  },
  {
    name: 'another member under the name of one that came',
    make(day) {
      day.archives.get(THIRD)!.set(member('guests', 1), { header: ['id', 'name', 'country'], rows: [] });
      return day;
    },
    finds: {
      code: 'member-name-reused',
      table: 'guests',
      archive: key(THIRD),
      member: `guests_${YYYYMMDD}_1.csv`,
    },
  },
];

/** Thresholds at which no single column of `guests` is told. */
function columnsNever(): Record<string, { nullRatio: number }> {
  return Object.fromEntries(['id', 'name', 'country'].map((name) => [name, { nullRatio: 1 }]));
}
