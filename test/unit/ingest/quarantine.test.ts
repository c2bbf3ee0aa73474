import { afterEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../../src/config/rules-of.js';
import type { TableHead } from '../../../src/ingest/planning/plan.js';
import { readPlannedVersion } from '../../../src/ingest/planning/read-planned-version.js';
import { writeRegistryEntry } from '../../../src/ingest/publication/registry.js';
import { type QuarantinedItem, readQuarantine } from '../../../src/ingest/quarantine/quarantine.js';
import { writeReplayList } from '../../../src/ingest/quarantine/replay-list.js';
import { replayTargets } from '../../../src/ingest/quarantine/replay-targets.js';
import { LocalDay } from '../../support/local-day.js';

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

async function newDay(fields: Record<string, unknown> = {}): Promise<LocalDay> {
  const day = await LocalDay.create(fields);
  days.push(day);
  return day;
}

const member = (batch: number, table = 'orders') => `${table}_20261121_${batch}.csv`;

async function quarantineOf(day: LocalDay, version: number, archiveId = ''): Promise<QuarantinedItem[]> {
  const { store, layout } = day;
  const planned = await readPlannedVersion(store, layout, version);
  const items: QuarantinedItem[] = [];
  for await (const item of readQuarantine({ store, layout, ...planned, archiveId })) items.push(item);
  return items;
}

const brief = (items: readonly QuarantinedItem[]) =>
  items.map(({ kind, code, member: name, line }) =>
    [kind, code, name, line].filter((part) => part !== undefined),
  );

const replayOf = async (day: LocalDay, names: string[]) => {
  const keys = names.map((name) => day.key(name));
  return writeReplayList(
    day.store,
    day.layout,
    (await day.landed()).filter(({ key }) => keys.includes(key)),
  );
};

describe('the quarantine of a version', () => {
  it('holds rows, members and archives with their exact place, and the bytes of rows', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', {
      [member(1)]: 'id,note\n1,a\n2\n3,"x\ny"\n4,b"c\n',
      [member(2)]: '',
      [member(3)]: 'id,note\n5,z\n',
    });
    await day.land('b.tar.gz', Buffer.from('no gzip at all'));
    const { version } = await day.run();
    const items = await quarantineOf(day, version);
    expect(brief(items)).toEqual([
      ['member', 'member-empty', member(2)],
      ['row', 'row-short', member(1), 3],
      ['row', 'row-quote', member(1), 6],
      ['archive', 'archive-not-gzip'],
    ]);
    const [, short, quote, archive] = items;
    expect(short).toMatchObject({
      row: 2,
      offset: 12,
      table: 'orders',
      archive: { key: day.key('a.tar.gz') },
    });
    expect(short!.raw!.toString()).toBe('2');
    expect(quote!.raw!.toString()).toBe('4,b"c');
    expect(archive).toMatchObject({ archive: { key: day.key('b.tar.gz') } });
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(await quarantineOf(day, version, archive!.id)).toEqual([archive]);
  });

  it('holds what only the plan set aside, and not what came twice', async () => {
    const day = await newDay({
      contract: { columns: 'quarantine' },
      members: { onReusedName: 'quarantine' },
    });
    const yesterday = { table: 'orders', version: 1, columns: ['id'], types: ['integer'] };
    await writeRegistryEntry(day.store, day.layout.on('2026-11-20'), yesterday as TableHead);
    await day.land('a.tar.gz', {
      [member(1)]: 'id\n1\n',
      [member(2)]: 'id,extra\n2,x\n',
      [member(3)]: 'id\n3\n',
      [member(4)]: 'id,extra\n4,x\n',
    });
    await day.land('b.tar.gz', { [member(1)]: 'id\n1\n', [member(3)]: 'id\n33\n' });
    const { version, tables } = await day.run();
    expect(tables[0]).toMatchObject({ rows: 1 });
    expect(brief(await quarantineOf(day, version))).toEqual([
      ['member', 'contract-breach', member(2)],
      ['member', 'member-name-reused', member(3)],
      ['member', 'contract-breach', member(4)],
      ['member', 'member-name-reused', member(3)],
    ]);
  });

  it('holds rows whose bytes the contract drops, without their bytes', async () => {
    const day = await newDay({
      tables: { orders: { types: { id: 'integer' }, contract: { types: 'discard' } } },
    });
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\nx\n' });
    const { version } = await day.run();
    const [item] = await quarantineOf(day, version);
    expect(item).toMatchObject({ kind: 'row', code: 'row-type', line: 3 });
    expect(item).not.toHaveProperty('raw');
  });
});

describe('replaying', () => {
  const STRICT = { tables: { orders: { types: { id: 'integer' }, contract: { types: 'quarantine' } } } };

  it('under corrected rules merges the rows in the next version, and closes the finding', async () => {
    const day = await newDay(STRICT);
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\nx2\n3\n' });
    await day.land('b.tar.gz', { [member(2)]: 'id\n4\n' });
    const first = await day.run();
    expect(brief(await quarantineOf(day, first.version))).toEqual([['row', 'row-type', member(1), 3]]);
    expect(first.tables[0]!.rows).toBe(3);

    day.reconfigure({ tables: { orders: { types: { id: 'text' } } } });
    // A change of configuration alone reads nothing again.
    const untouched = await day.run();
    expect(await quarantineOf(day, untouched.version)).toHaveLength(1);

    const again = await day.run(await replayOf(day, ['a.tar.gz']));
    expect(again.version).toBeGreaterThan(untouched.version);
    expect(await quarantineOf(day, again.version)).toEqual([]);
    expect(again.tables[0]!.rows).toBe(4);
    expect((await day.store.getBytes(again.tables[0]!.key!)).toString()).toBe('id\n1\nx2\n3\n4\n');
    const { plan } = await readPlannedVersion(day.store, day.layout, again.version);
    const today = rulesOf(day.config).rulesId;
    expect(plan.archives.map(({ rulesId }) => rulesId === today)).toEqual([true, false]);

    // What was replayed stays replayed.
    expect((await day.run()).version).toBe(again.version);
  });

  it('of what cannot be read again takes no rows away', async () => {
    const day = await newDay(STRICT);
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\nx2\n' });
    const first = await day.run();
    const replay = await replayOf(day, ['a.tar.gz']);
    day.reconfigure({});
    await day.store.delete(day.key('a.tar.gz'));
    const again = await day.run(replay);
    expect(again.tables[0]!.rows).toBe(1);
    expect(await quarantineOf(day, again.version)).toEqual(await quarantineOf(day, first.version));
  });

  it('after the archive was sent again in order closes the finding as well', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id,x\n1\n' });
    await day.land('b.tar.gz', Buffer.from('cut'));
    const first = await day.run();
    expect(await quarantineOf(day, first.version)).toHaveLength(2);
    await day.land('a.tar.gz', { [member(1)]: 'id,x\n1,2\n' });
    await day.land('b.tar.gz', { [member(2)]: 'id,x\n3,4\n' });
    const second = await day.run();
    expect(await quarantineOf(day, second.version)).toEqual([]);
    expect(second.tables[0]!.rows).toBe(2);
  });

  it('knows which archives are worth it', async () => {
    const day = await newDay();
    for (const name of ['a', 'b', 'c']) await day.land(`${name}.tar.gz`, { [member(1)]: 'id\n1\n' });
    const { version } = await day.run();
    const { plan } = await readPlannedVersion(day.store, day.layout, version);
    await day.land('b.tar.gz', { [member(1)]: 'id\n2\n' });
    await day.store.delete(day.key('c.tar.gz'));
    const states = async (rulesId: string) =>
      (await replayTargets(day.store, plan.archives, rulesId)).map(({ state }) => state);
    expect(await states(rulesOf(day.config).rulesId)).toEqual(['same-rules', 'sent-again', 'gone']);
    expect(await states('0123456789abcdef')).toEqual(['other-rules', 'sent-again', 'gone']);
  });
});
