import { afterEach, describe, expect, it } from 'vitest';
import { readPlannedVersion } from '../../../src/ingest/planning/read-planned-version.js';
import { type QuarantinedItem, readQuarantine } from '../../../src/ingest/quarantine/quarantine.js';
import { LocalDay } from '../../support/local-day.js';

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

interface Outcome {
  /** CSV of each table; the reason where it failed. */
  tables: Record<string, string>;
  quarantine: { kind: QuarantinedItem['kind']; code: string; member: string; bytes?: string }[];
  codes: string[];
  members: { loaded: number; quarantined: number; skipped: number };
}

/** From archives to what readers see, under this configuration. */
async function publish(config: Record<string, unknown>, members: Record<string, string>): Promise<Outcome> {
  const day = await LocalDay.create(config);
  days.push(day);
  await day.land('a.tar.gz', members);
  const { version, tables } = await day.run();
  const { store, layout } = day;
  const planned = await readPlannedVersion(store, layout, version);
  const outcome: Outcome = {
    tables: {},
    quarantine: [],
    codes: [
      ...planned.plan.findings,
      ...[...planned.tables.values()].flatMap(({ findings }) => findings),
    ].map(({ code, severity }) => `${severity} ${code}`),
    members: {
      loaded: planned.plan.members.loaded,
      quarantined: planned.plan.members.quarantined,
      skipped: planned.plan.members.skipped,
    },
  };
  for (const { table, key, error } of tables) {
    outcome.tables[table] = key === undefined ? `failed: ${error}` : (await store.getBytes(key)).toString();
  }
  for await (const { kind, code, member = '', raw } of readQuarantine({ store, layout, ...planned })) {
    outcome.quarantine.push({ kind, code, member, ...(raw ? { bytes: raw.toString() } : {}) });
  }
  return outcome;
}

const member = (table: string, batch = 1) => `${table}_20261121_${batch}.csv`;
type Mode = 'evolve' | 'freeze' | 'discard' | 'quarantine';

describe('an unknown table under contract.tables', () => {
  const under = (tables: Mode) =>
    publish(
      { tables: { orders: {} }, contract: { tables } },
      { [member('orders')]: 'id\n1\n', [member('stays')]: 'id\n2\n' },
    );

  it('evolve is merged, and told', async () => {
    expect(await under('evolve')).toMatchObject({
      tables: { orders: 'id\n1\n', stays: 'id\n2\n' },
      quarantine: [],
      codes: expect.arrayContaining(['info member-unknown-table']),
    });
  });

  it('freeze fails, and the other tables are published', async () => {
    const { tables, codes } = await under('freeze');
    expect(tables).toEqual({
      orders: 'id\n1\n',
      stays: expect.stringContaining('failed: the contract does not know this table'),
    });
    expect(codes).toContain('error contract-breach');
  });

  it('discard is no table: its members are skipped', async () => {
    expect(await under('discard')).toMatchObject({
      tables: { orders: 'id\n1\n' },
      quarantine: [],
      members: { loaded: 1, quarantined: 0, skipped: 1 },
      codes: expect.arrayContaining(['warning member-unknown-table']),
    });
  });

  it('quarantine is no table: its members are set aside', async () => {
    const outcome = await under('quarantine');
    expect(outcome).toMatchObject({ members: { loaded: 1, quarantined: 1, skipped: 0 } });
    expect(outcome.tables).toEqual({ orders: 'id\n1\n' });
    expect(outcome.quarantine).toEqual([
      { kind: 'member', code: 'member-unknown-table', member: member('stays') },
    ]);
  });
});

describe('an unknown column under contract.columns', () => {
  const under = (columns: Mode) =>
    publish(
      { tables: { orders: { columns: ['id'], contract: { columns } } } },
      {
        [member('orders', 1)]: 'id\n1\n',
        [member('orders', 2)]: 'extra,id\nx,2\n',
        [member('stays')]: 'a\n1\n',
      },
    );

  it('evolve is added behind the known ones', async () => {
    const { tables, quarantine } = await under('evolve');
    expect(tables.orders).toBe('id,extra\n1,\n2,x\n');
    expect(quarantine).toEqual([]);
  });

  it('freeze fails the table, and no other', async () => {
    const { tables } = await under('freeze');
    expect(tables.orders).toContain('failed: the contract does not know column "extra"');
    expect(tables.stays).toBe('a\n1\n');
  });

  it('discard is left out, and its rows stay', async () => {
    const { tables, codes, quarantine } = await under('discard');
    expect(tables.orders).toBe('id\n1\n2\n');
    expect(codes).toContain('warning column-added');
    expect(quarantine).toEqual([]);
  });

  it('quarantine sets the member aside', async () => {
    const { tables, quarantine } = await under('quarantine');
    expect(tables.orders).toBe('id\n1\n');
    expect(quarantine).toEqual([{ kind: 'member', code: 'member-rejected', member: member('orders', 2) }]);
  });
});

describe('a value of another type under contract.types', () => {
  const under = (types: Mode) =>
    publish(
      { tables: { orders: { types: { id: 'integer' }, contract: { types } } } },
      { [member('orders')]: 'id,note\n1,a\n"x\n2",b\n3,c\n', [member('stays')]: 'a\n1\n' },
    );

  it('evolve is merged, and located', async () => {
    const { tables, codes, quarantine } = await under('evolve');
    expect(tables.orders).toBe('id,note\n1,a\n"x\n2",b\n3,c\n');
    expect(codes).toContain('warning row-type');
    expect(quarantine).toEqual([]);
  });

  it('freeze fails the table, and no other', async () => {
    const { tables } = await under('freeze');
    expect(tables.orders).toContain('failed: column "id"');
    expect(tables.stays).toBe('a\n1\n');
  });

  it('discard leaves the row out and keeps no bytes of it', async () => {
    const { tables, quarantine } = await under('discard');
    expect(tables.orders).toBe('id,note\n1,a\n3,c\n');
    expect(quarantine).toEqual([{ kind: 'row', code: 'row-type', member: member('orders') }]);
  });

  it('quarantine sets the row aside with its bytes', async () => {
    const { tables, quarantine } = await under('quarantine');
    expect(tables.orders).toBe('id,note\n1,a\n3,c\n');
    expect(quarantine).toEqual([
      { kind: 'row', code: 'row-type', member: member('orders'), bytes: '"x\n2",b' },
    ]);
  });
});

describe('maxErrorRate', () => {
  const ONE_OF_FOUR = 'id,x\n1,1\n2\n3,3\n4,4\n';
  const under = (maxErrorRate: number) =>
    publish(
      { tables: { orders: { maxErrorRate } } },
      { [member('orders')]: ONE_OF_FOUR, [member('stays')]: 'a\n1\n' },
    );

  it('of exactly the share that is set aside lets the table through', async () => {
    expect((await under(0.25)).tables.orders).toBe('id,x\n1,1\n3,3\n4,4\n');
  });

  it('below the share fails the table, and no other', async () => {
    const { tables } = await under(0.24);
    expect(tables.orders).toContain('failed: 1 of 4 rows (25.0%) are quarantined');
    expect(tables.stays).toBe('a\n1\n');
  });

  it('counts the rows of members that are set aside as a whole', async () => {
    const { tables } = await publish(
      { tables: { orders: { columns: ['id'], contract: { columns: 'quarantine' }, maxErrorRate: 0.5 } } },
      { [member('orders', 1)]: 'id\n1\n', [member('orders', 2)]: 'id\n\nx"y\nz"\n' },
    );
    expect(tables.orders).toContain('failed: 2 of 3 rows');
  });
});
