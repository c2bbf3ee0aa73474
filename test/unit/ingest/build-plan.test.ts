import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/config/rules-id.js';
import { buildPlan } from '../../../src/ingest/planning/build-plan.js';
import type { TablePlan } from '../../../src/ingest/planning/plan.js';
import type { PlanInput } from '../../../src/ingest/planning/plan-input.js';
import { basesOfFirstVersion } from '../../../src/ingest/publication/registry.js';
import { crc32 } from '../../../src/store/crc32.js';
import {
  type ArchiveSpec,
  DATE,
  type Extracted,
  extracted,
  manifestsOf,
  PARTNER,
  RULES,
} from '../../support/manifests.js';
import { partnerConfig } from '../../support/partner.js';

const ORDERS = ['id', 'price'];

function input(archives: readonly Extracted[], more: Partial<PlanInput> = {}): PlanInput {
  return {
    partner: PARTNER,
    date: DATE,
    version: 1,
    configKey: `${PARTNER}/${DATE}/config/${RULES}.json`,
    config: partnerConfig(),
    verdict: 'complete',
    landed: archives.map(({ archive }) => archive),
    manifests: manifestsOf(archives),
    ...more,
  };
}

function orders(name: string, rows: string[][], header = ORDERS, more: Partial<ArchiveSpec> = {}): Extracted {
  return extracted({ name, members: [{ name: `orders_${name}`, header, rows }], ...more });
}

function only(tables: readonly TablePlan[]): TablePlan {
  expect(tables).toHaveLength(1);
  return tables[0]!;
}

describe('the order of a table', () => {
  it('follows source, archive key in UTF-8 byte order, then member position', () => {
    const archives = [
      orders('\u{1F600}.tar.gz', [['4', '']]),
      orders('\uFFFD.tar.gz', [['3', '']]),
      orders('b.tar.gz', [['2', '']]),
      orders('z.tar.gz', [['1', '']], ORDERS, { source: 'first' }),
    ];
    const { tables, plan } = buildPlan(input(archives));
    expect(only(tables).ranges.map(({ key }) => key)).toEqual([...archives].reverse().map(({ key }) => key));
    expect(plan.archives.map(({ source }) => source)).toEqual(['first', 'main', 'main', 'main']);
  });

  it('does not depend on the order of arrival, of extraction or of listing', () => {
    const specs = fc.array(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd', 'é', '\u{1F600}', '\uFFFD'),
        source: fc.constantFrom('main', 'other'),
        members: fc.array(
          fc.record({
            name: fc.constantFrom('orders_1', 'orders_2', 'items_1', 'items_2'),
            header: fc.constantFrom(['id', 'price'], ['price', 'id'], ['id'], ['id', 'tax', 'price']),
            rows: fc.array(fc.constantFrom('1', '', 'x'), { maxLength: 3 }),
          }),
          { maxLength: 4 },
        ),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        specs,
        fc.constantFrom('keep', 'quarantine'),
        fc.func(fc.nat()),
        (drafts, onReusedName, rank) => {
          const archives = distinct(drafts).map(({ name, source, members }) =>
            extracted({
              name,
              source,
              members: distinct(members).map((member) => ({
                ...member,
                header: [...member.header],
                rows: member.rows.map((value) => member.header.map(() => value)),
              })),
            }),
          );
          const shuffled = [...archives].sort((a, b) => rank(a.id) - rank(b.id));
          const config = partnerConfig({ members: { onReusedName } });
          const planned = buildPlan(input(archives, { config }));
          expect(canonicalJson(buildPlan(input(shuffled, { config })))).toBe(canonicalJson(planned));
          const { members, rows } = planned.plan;
          expect(members.loaded + members.quarantined + members.duplicate + members.skipped).toBe(
            members.seen,
          );
          expect(rows.loaded + rows.quarantined + rows.duplicate + rows.skipped).toBe(rows.read);
          expect(total(planned.tables, (table) => table.members.merged)).toBe(members.loaded);
          for (const table of planned.tables) {
            expect(table.rows + table.rowsQuarantined + table.rowsDuplicate).toBe(table.rowsRead);
            expect(total(table.ranges, (range) => range.rows)).toBe(table.rows);
          }
        },
      ),
    );
  });

  it('joins neighbouring ranges of one header, with the CRC32 of the joined bytes', () => {
    const archive = extracted({
      name: 'a.tar.gz',
      members: [
        { name: 'orders_1', header: ORDERS, rows: [['1', '2']] },
        { name: 'orders_2', header: ORDERS, rows: [['3', '4']] },
        { name: 'orders_3', header: ['price', 'id'], rows: [['6', '5']] },
        { name: 'orders_4', header: ORDERS, rows: [['7', '8']] },
      ],
    });
    const table = only(buildPlan(input([archive])).tables);
    expect(table.ranges.map(({ offset, bytes, rows, header }) => ({ offset, bytes, rows, header }))).toEqual([
      { offset: 0, bytes: 8, rows: 2, header: 0 },
      { offset: 8, bytes: 4, rows: 1, header: 1 },
      { offset: 12, bytes: 4, rows: 1, header: 0 },
    ]);
    expect(table.ranges[0]!.crc32).toBe(crc32(archive.segment.subarray(0, 8)));
  });
});

describe('the fate of an archive', () => {
  it('is merged, salvaged, quarantined, late or missing, each with a finding where rows are not there', () => {
    const whole = orders('whole.tar.gz', [['1', '1']]);
    const cut = orders('cut.tar.gz', [['2', '2']], ORDERS, { outcome: 'salvaged' });
    const rejected = orders('rejected.tar.gz', [['3', '3']], ORDERS, { outcome: 'rejected' });
    const unread = orders('unread.tar.gz', [['4', '4']]);
    const late = orders('late.tar.gz', [['5', '5']]);
    const { plan, tables } = buildPlan(
      input([whole, cut, rejected], {
        landed: [whole, cut, rejected, unread, late].map(({ archive }) => archive),
        unread: new Map([[unread.id, { reason: 'took its worker down', code: 'worker-lost' }]]),
        announced: [
          ...[whole, cut, rejected, unread, late].map(({ archive }) => archive),
          { source: 'main', key: `landing/${PARTNER}/${DATE}/absent.tar.gz`, bytes: 12 },
        ],
      }),
    );
    expect(Object.fromEntries(plan.archives.map(({ key, fate }) => [key.split('/').at(-1), fate]))).toEqual({
      'absent.tar.gz': 'missing',
      'cut.tar.gz': 'salvaged',
      'late.tar.gz': 'late',
      'rejected.tar.gz': 'quarantined',
      'unread.tar.gz': 'quarantined',
      'whole.tar.gz': 'merged',
    });
    expect(plan.findings.map(({ code }) => code)).toEqual(['archive-missing', 'archive-late', 'worker-lost']);
    expect(plan.arrivals).toMatchObject({ announced: 6, landed: 5, archives: 6, expected: 6, unnamed: 0 });
    expect(only(tables).members).toEqual({ merged: 2, quarantined: 1, duplicate: 0 });
  });

  it('is duplicate for the same bytes under another key: the first in canonical order is merged', () => {
    const first = orders('a.tar.gz', [['1', '1']]);
    const members = [{ name: 'orders_a.tar.gz', header: ORDERS, rows: [['1', '1']] }];
    const second = extracted({ name: 'b.tar.gz', members });
    const { plan, tables } = buildPlan(input([second, first]));
    expect(plan.archives.map(({ fate }) => fate)).toEqual(['merged', 'duplicate']);
    expect(plan.members).toEqual({ seen: 2, loaded: 1, quarantined: 0, duplicate: 1, skipped: 0 });
    expect(only(tables).rows).toBe(1);
    expect(plan.findings).toMatchObject([{ code: 'archive-duplicate', archive: second.archive.key }]);
  });

  it('is never duplicate for rejected archives, of which little may have been read', () => {
    const archives = ['a', 'b'].map((name) => extracted({ name, members: [], outcome: 'rejected' }));
    expect(buildPlan(input(archives)).plan.archives.map(({ fate }) => fate)).toEqual([
      'quarantined',
      'quarantined',
    ]);
  });

  it('counts archives that were announced by number only', () => {
    const archive = orders('a.tar.gz', [['1', '1']]);
    const { plan } = buildPlan(input([archive], { announcedCounts: new Map([['main', 3]]) }));
    expect(plan.arrivals).toMatchObject({ expected: 3, unnamed: 2 });
    expect(plan.findings).toMatchObject([{ code: 'archive-missing', count: 2 }]);
  });
});

describe('members in two archives', () => {
  const member = (name: string, price: string) => ({ name, header: ORDERS, rows: [['1', price]] });

  it('are merged once with the same name and bytes', () => {
    const a = extracted({ name: 'a', members: [member('orders_1', '5'), member('orders_2', '6')] });
    const b = extracted({ name: 'b', members: [member('orders_1', '5'), member('orders_3', '5')] });
    const table = only(buildPlan(input([b, a])).tables);
    expect(table.members).toEqual({ merged: 3, quarantined: 0, duplicate: 1 });
    expect(table).toMatchObject({ rows: 3, rowsRead: 4, rowsDuplicate: 1 });
    expect(table.findings).toMatchObject([
      { code: 'member-duplicate', archive: b.archive.key, member: 'orders_1' },
    ]);
  });

  it('are both merged, and reported, with the same name and other bytes', () => {
    const a = extracted({ name: 'a', members: [member('orders_1', '5')] });
    const b = extracted({ name: 'b', members: [member('orders_1', '6')] });
    const table = only(buildPlan(input([a, b])).tables);
    expect(table.members.merged).toBe(2);
    expect(table.findings).toMatchObject([{ code: 'member-name-reused', severity: 'warning' }]);
  });

  it('are all quarantined under onReusedName: quarantine, the first one too', () => {
    const config = partnerConfig({ members: { onReusedName: 'quarantine' } });
    const a = extracted({ name: 'a', members: [member('orders_1', '5'), member('orders_2', '5')] });
    const b = extracted({ name: 'b', members: [member('orders_1', '6')] });
    const table = only(buildPlan(input([a, b], { config })).tables);
    expect(table.members).toEqual({ merged: 1, quarantined: 2, duplicate: 0 });
    expect(table).toMatchObject({ rows: 1, rowsQuarantined: 2 });
  });
});

describe('the columns of a table', () => {
  it('are those present today: known ones in their known order, new ones by first appearance', () => {
    const archives = [
      orders('a', [['1', 'x']], ['new2', 'id']),
      orders('b', [['1', 'x', '']], ['price', 'new1', 'new2']),
    ];
    const reference = { columns: ['id', 'gone', 'price'], types: ['integer', 'text', 'text'] as const };
    const base = { columns: reference.columns, reference: { ...reference, types: [...reference.types] } };
    const table = only(buildPlan(input(archives, { bases: new Map([['orders', base]]) })).tables);
    expect(table.columns).toEqual(['id', 'price', 'new2', 'new1']);
    expect(table.headers[0]).toEqual(table.columns);
    expect(table.missingFields).toEqual(['id', 'price', 'new1', 'gone']);
    expect(table.headerConsistent).toBe(false);
    // id: absent from b (1 row). price: absent from a. new2: one empty cell in b. new1: absent from a.
    expect(table.nulls).toEqual([1, 1, 1, 1]);
    expect(table.findings.map(({ code, column }) => `${code} ${column}`)).toEqual([
      'column-added new2',
      'column-added new1',
      'column-missing gone',
      'column-removed price',
      'column-removed id',
      'column-retyped id',
    ]);
  });

  it('keep their order in a later version, whatever a new archive would bring first', () => {
    const b = orders('b', [['1', '2', '3']], ['id', 'x', 'y']);
    const first = buildPlan(input([b]));
    const a = orders('a', [['1', '2', '3']], ['y', 'x', 'id']);
    const { bases } = basesOfFirstVersion(first.tables, { bases: new Map(), broken: new Map() });
    const second = buildPlan(
      input([a, b], { version: 2, bases, previous: { plan: first.plan, tables: byName(first.tables) } }),
    );
    expect(only(second.tables).columns).toEqual(['id', 'x', 'y']);
  });

  it('tell a rename apart where one column came and one went in its place', () => {
    const archives = [orders('a', [['1', '2']], ['id', 'cost']), orders('b', [['1', '2']], ['id', 'price'])];
    const table = only(buildPlan(input(archives)).tables);
    expect(table.findings).toContainEqual(
      expect.objectContaining({ code: 'column-renamed', column: 'price' }),
    );
  });

  it('say where a column moved', () => {
    const archives = [orders('a', [['1', '2']]), orders('b', [['2', '1']], ['price', 'id'])];
    expect(only(buildPlan(input(archives)).tables).changes).toEqual([
      {
        kind: 'reordered',
        column: 'price',
        archive: archives[1]!.archive.key,
        member: 'orders_b',
        members: 1,
        rows: 1,
      },
    ]);
  });
});

describe('a contract', () => {
  const config = (columns: string, more: object = {}) =>
    partnerConfig({ tables: { orders: { columns: ORDERS, contract: { columns }, ...more } } });
  const foreign = [orders('a', [['1', '2']]), orders('b', [['1', '2', '3']], ['id', 'price', 'tax'])];

  it('that freezes columns refuses the table and names the place', () => {
    const table = only(buildPlan(input(foreign, { config: config('freeze') })).tables);
    expect(table.refused).toContain('"tax"');
    expect(table.refused).toContain(foreign[1]!.archive.key);
    expect(table.findings).toContainEqual(
      expect.objectContaining({
        code: 'contract-breach',
        severity: 'error',
        column: 'tax',
        member: 'orders_b',
      }),
    );
  });

  it('that discards columns leaves them out of the table', () => {
    const table = only(buildPlan(input(foreign, { config: config('discard') })).tables);
    expect(table.columns).toEqual(ORDERS);
    expect(table.refused).toBeUndefined();
    expect(table.ranges.map(({ header }) => table.headers[header])).toEqual([ORDERS, ['id', 'price', 'tax']]);
  });

  it('that quarantines columns sets the members aside', () => {
    const table = only(buildPlan(input(foreign, { config: config('quarantine') })).tables);
    expect(table.members).toEqual({ merged: 1, quarantined: 1, duplicate: 0 });
    expect(table.columns).toEqual(ORDERS);
  });

  it('refuses a table of which a member lacks a required column', () => {
    const archives = [orders('a', [['1', '2']]), orders('b', [['2']], ['price'])];
    const table = only(buildPlan(input(archives, { config: config('evolve', { required: ['id'] }) })).tables);
    expect(table.refused).toContain('required column "id"');
  });

  it('refuses a table of values that do not fit frozen types', () => {
    const strict = partnerConfig({
      tables: { orders: { types: { id: 'integer' }, contract: { types: 'freeze' } } },
    });
    const archives = [orders('a', [['x', '2']])];
    expect(only(buildPlan(input(archives, { config: strict })).tables).refused).toContain(
      'expected integer, holds text',
    );
    const evolving = partnerConfig({ tables: { orders: { types: { id: 'integer' } } } });
    expect(only(buildPlan(input(archives, { config: evolving })).tables).refused).toBeUndefined();
  });

  it('refuses a table above its error rate, and not at it', () => {
    const archives = [
      extracted({
        name: 'a',
        members: [
          {
            name: 'orders_1',
            header: ORDERS,
            rows: [
              ['1', '2'],
              ['3', '4'],
              ['5', '6'],
              ['7', '8'],
            ],
            quarantined: 1,
          },
        ],
      }),
    ];
    const at = (maxErrorRate: number) =>
      only(
        buildPlan(input(archives, { config: partnerConfig({ tables: { orders: { maxErrorRate } } }) }))
          .tables,
      ).refused;
    expect(at(0.2)).toBeUndefined();
    expect(at(0.19)).toContain('1 of 5 rows (20.0%)');
  });

  it.each([
    ['freeze', { loaded: 1, quarantined: 0, skipped: 0 }, 'the contract does not know this table'],
    ['discard', { loaded: 0, quarantined: 0, skipped: 1 }, undefined],
    ['quarantine', { loaded: 0, quarantined: 1, skipped: 0 }, undefined],
  ])('that says %s for tables it does not name', (tables, members, refused) => {
    const archive = extracted({
      name: 'a',
      members: [{ name: 'constructor_1', header: ['id'], rows: [['1']] }],
    });
    const built = buildPlan(input([archive], { config: partnerConfig({ contract: { tables } }) }));
    expect(built.plan.members).toMatchObject(members);
    if (refused === undefined) expect(built.plan.findings).toMatchObject([{ code: 'member-unknown-table' }]);
    else expect(only(built.tables).refused).toContain(refused);
  });

  it('refuses a table of which nothing could be loaded', () => {
    const archive = extracted({
      name: 'a',
      members: [{ name: 'orders_1', outcome: 'quarantined', quarantined: 2 }],
    });
    const table = only(buildPlan(input([archive])).tables);
    expect(table).toMatchObject({
      refused: 'none of its 1 members could be loaded',
      rowsQuarantined: 2,
      rows: 0,
    });
  });

  it('reports a configured table that has no member', () => {
    const built = buildPlan(input([], { config: partnerConfig({ tables: { orders: {} } }) }));
    expect(built.tables).toEqual([]);
    expect(built.plan.findings).toMatchObject([{ code: 'table-without-members', table: 'orders' }]);
  });

  it('refuses only the table whose history cannot be read', () => {
    const archives = [
      orders('a', [['1', '2']]),
      extracted({ name: 'b', members: [{ name: 'items_1', header: ['id'], rows: [['1']] }] }),
    ];
    const { tables } = buildPlan(input(archives, { brokenBases: new Map([['items', 'not JSON']]) }));
    expect(tables.map(({ table, refused }) => [table, refused !== undefined])).toEqual([
      ['items', true],
      ['orders', false],
    ]);
  });
});

describe('a later version', () => {
  const items = extracted({
    name: 'items.tar.gz',
    members: [{ name: 'items_1', header: ['id'], rows: [['1']] }],
  });
  const a = orders('a.tar.gz', [['1', '2']]);
  const first = buildPlan(input([a, items]));
  const previous = { plan: first.plan, tables: byName(first.tables) };

  it('keeps the version of every table that comes out as it was', () => {
    const b = orders('b.tar.gz', [['3', '4']]);
    const { plan, tables } = buildPlan(input([a, items, b], { version: 2, previous }));
    expect(plan.tables).toEqual([
      { table: 'items', version: 1 },
      { table: 'orders', version: 2 },
    ]);
    expect(tables[0]).toBe(previous.tables.get('items'));
  });

  it('is the same plan when nothing changed, drift included', () => {
    const drifted = [orders('a', [['1', '2']], ['id', 'y']), orders('b', [['1']], ['z'])];
    const columns = ['z', 'gone', 'id'];
    const bases = new Map([
      ['orders', { columns, reference: { columns, types: ['text', 'text', 'text'] as const } }],
    ]);
    const once = buildPlan(input(drifted, { bases: bases as never }));
    const again = buildPlan(
      input(drifted, {
        previous: { plan: once.plan, tables: byName(once.tables) },
        bases: basesOfFirstVersion(once.tables, { bases: new Map(), broken: new Map() }).bases,
      }),
    );
    expect(canonicalJson(again)).toBe(canonicalJson(once));
  });

  it('supersedes an archive that was replaced under its key', () => {
    const resent = orders('a.tar.gz', [['9', '9']], ORDERS, { etag: 'e2' });
    const { plan, tables } = buildPlan(
      input([a, items, resent], { version: 2, previous, landed: [resent.archive, items.archive] }),
    );
    expect(plan.archives.map(({ etag, fate }) => [etag, fate])).toEqual([
      ['e2', 'merged'],
      ['e1', 'superseded'],
      ['e1', 'merged'],
    ]);
    expect(tables.find(({ table }) => table === 'orders')!.ranges.map(({ key }) => key)).toEqual([
      resent.key,
    ]);
    expect(plan.arrivals.archives).toBe(3);
  });

  it('changes no table when an archive is sent again unchanged', () => {
    const members = [{ name: 'orders_a.tar.gz', header: ORDERS, rows: [['1', '2']] }];
    const resent = extracted({ name: 'a.tar.gz', members, etag: 'e2' });
    const { plan } = buildPlan(
      input([a, items, resent], { version: 2, previous, landed: [resent.archive, items.archive] }),
    );
    expect(plan.tables).toEqual(first.plan.tables);
    expect(plan.archives.map(({ etag, fate }) => [etag, fate])).toEqual([
      ['e2', 'duplicate'],
      ['e1', 'merged'],
      ['e1', 'merged'],
    ]);
  });

  it('keeps the rows of an archive whose replacement cannot be read', () => {
    const resent = orders('a.tar.gz', [['9', '9']], ORDERS, { etag: 'e2', outcome: 'rejected' });
    const { plan, tables } = buildPlan(
      input([a, items, resent], { version: 2, previous, landed: [resent.archive, items.archive] }),
    );
    expect(plan.archives.map(({ etag, fate }) => [etag, fate]).slice(0, 2)).toEqual([
      ['e2', 'quarantined'],
      ['e1', 'merged'],
    ]);
    expect(tables.find(({ table }) => table === 'orders')!.rows).toBe(1);
  });

  it('keeps the rows of an archive that was removed from the landing prefix', () => {
    const { plan } = buildPlan(input([a, items], { version: 2, previous, landed: [] }));
    expect(plan.tables).toEqual(first.plan.tables);
  });

  it('refuses to plan without the manifest of an archive merged before', () => {
    expect(() => buildPlan(input([items], { version: 2, previous }))).toThrow(
      /a\.tar\.gz.*manifest was not given/,
    );
  });
});

it('keeps findings bounded and counts the rest', () => {
  const members = Array.from({ length: 120 }, (_, n) => ({
    name: `orders_${n}`,
    header: ORDERS,
    rows: [['1', `${n}`]],
  }));
  const a = extracted({ name: 'a', members });
  const b = extracted({
    name: 'b',
    members: [...members, { name: 'orders_x', header: ORDERS, rows: [['1', '1']] }],
  });
  const { findings } = only(buildPlan(input([a, b])).tables);
  expect(findings).toHaveLength(51);
  expect(findings.at(-1)).toMatchObject({ code: 'member-duplicate', count: 70 });
});

function distinct<T extends { name: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.name, item])).values()];
}

function byName(tables: readonly TablePlan[]): Map<string, TablePlan> {
  return new Map(tables.map((table) => [table.table, table]));
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
