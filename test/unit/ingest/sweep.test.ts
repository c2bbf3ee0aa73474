import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { PartnerDayLayout } from '../../../src/ingest/layout.js';
import { readPlannedVersion } from '../../../src/ingest/planning/read-planned-version.js';
import { readPointer } from '../../../src/ingest/publication/pointer.js';
import { verifyDay } from '../../../src/ingest/publication/verify-day.js';
import { type SweepDayInput, sweepDay } from '../../../src/ingest/retention/sweep-day.js';
import { sweepPartner } from '../../../src/ingest/retention/sweep-partner.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { LocalDay } from '../../support/local-day.js';

const days: LocalDay[] = [];
afterEach(async () => {
  for (const day of days.splice(0)) await day.remove();
});

const ALL = { extractDays: 30, versions: 1, quarantineDays: 30 };
const inDays = (count: number) => new Date(Date.now() + count * 86_400_000);
const member = (batch: number, table = 'orders') => `${table}_20261121_${batch}.csv`;

async function newDay(retention: Record<string, number> = ALL): Promise<LocalDay> {
  const day = await LocalDay.create({ retention });
  days.push(day);
  return day;
}

function sweep(day: LocalDay, options: Partial<SweepDayInput> = {}) {
  const { store, layout, config } = day;
  return sweepDay({
    store,
    layout,
    config,
    now: inDays(60),
    isRunning: async () => false,
    named: async () => new Set(),
    dryRun: false,
    ...options,
  });
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

const names = (day: LocalDay, keys: readonly { key: string }[]) =>
  keys.map(({ key }) => key.slice(day.layout.prefix.length).replace(/[0-9a-f]{16,}/g, '…')).sort();

describe('a sweep', () => {
  it('deletes expired segments and replaced versions, and nothing that the published version refers to', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n', [member(1, 'stays')]: 'id\n1\n' });
    await day.run();
    await day.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
    const { version } = await day.run();
    expect(version).toBe(2);
    const { objects, state } = await sweep(day);
    expect(state).toBe('swept');
    const deleted = names(day, objects);
    // The table that did not change is still the first version's.
    expect(deleted).not.toContain('v1/stays.csv');
    expect(deleted).toContain('v1/orders.csv');
    expect(deleted).toContain('v1/plan.json');
    expect(deleted.filter((name) => name.startsWith('extract/'))).toEqual([
      'extract/…/…/rows-0.csv',
      'extract/…/…/rows-0.csv',
    ]);
    expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
    const left = await keysOf(day.store, day.layout.prefix);
    expect(left.filter((key) => key.endsWith('/manifest.json'))).toHaveLength(2);
    expect((await sweep(day)).objects).toEqual([]);
  });

  it('says what it would delete, and deletes nothing, with dryRun', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.run();
    const before = await keysOf(day.store, '');
    const { objects } = await sweep(day, { dryRun: true });
    expect(objects.map(({ kind }) => kind)).toContain('segment');
    expect(await keysOf(day.store, '')).toEqual(before);
  });

  it('keeps everything without a retention, and everything that is younger than it', async () => {
    const forEver = await newDay({});
    const recent = await newDay();
    for (const day of [forEver, recent]) {
      for (const batch of [1, 2]) {
        await day.land(`${batch}.tar.gz`, { [member(batch)]: `id\n${batch}\nx,y\n` });
        await day.run();
      }
    }
    expect((await sweep(forEver, { now: inDays(10_000) })).objects).toEqual([]);
    expect((await sweep(recent, { now: inDays(0.5) })).objects).toEqual([]);
    // A version stays for a day after the one that replaced it: somebody may be reading it.
    const tomorrow = await sweep(recent, { now: inDays(1.1), dryRun: true });
    expect(new Set(tomorrow.objects.map(({ kind }) => kind))).toEqual(new Set(['version']));
  });

  it('leaves a running day alone, also one that starts while it looks', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.run();
    const before = await keysOf(day.store, '');
    expect(await sweep(day, { isRunning: async () => true })).toMatchObject({
      state: 'running',
      objects: [],
    });
    let asked = 0;
    const started = await sweep(day, { isRunning: async () => ++asked > 1 });
    expect(started).toMatchObject({ state: 'running', objects: [] });
    expect(await keysOf(day.store, '')).toEqual(before);
  });

  it('keeps the segments of a table that is still to be merged', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n', [member(1, 'stays')]: 'id\n1\n' });
    await day.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
    await day.run(undefined, ['stays']);
    const { tables } = await readPlannedVersion(day.store, day.layout, 1);
    const [needed] = tables.get('stays')!.ranges;
    const { objects } = await sweep(day);
    const deleted = objects.map(({ key }) => key);
    expect(deleted).not.toContain(needed!.key);
    expect(deleted.filter((key) => key.endsWith('rows-0.csv'))).toHaveLength(1);
  });

  it('keeps what was read of an archive that is not landed any more as it was', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n2,x\n' });
    await day.run();
    await day.store.delete(day.key('a.tar.gz'));
    const { objects, onlyCopies } = await sweep(day);
    expect(objects.filter(({ kind }) => kind === 'segment' || kind === 'quarantine')).toEqual([]);
    expect(onlyCopies).toBe(2);
  });

  it('keeps the rows of a table whose newer versions all failed, and what other days name as their last good', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.run();
    await day.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
    await day.run(undefined, ['orders']);
    await day.land('c.tar.gz', { [member(3)]: 'id\n3\n' });
    const third = await day.run(undefined, ['orders']);
    expect(third.tables).toMatchObject([{ table: 'orders', status: 'stale', version: 1 }]);
    const { objects } = await sweep(day);
    expect(names(day, objects)).not.toContain('v1/orders.csv');
    expect((await verifyDay(day.store, day.layout)).ok).toBe(true);

    const other = await newDay();
    await other.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await other.run();
    await other.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
    await other.run();
    const named = other.layout.version(1).table('orders');
    const swept = await sweep(other, { named: async () => new Set([named]) });
    expect(swept.objects.map(({ key }) => key)).not.toContain(named);
    expect(await other.store.head(named)).toBeDefined();
  });

  it.each(['listing', 'deciding'])(
    'deletes nothing live when a version is published after %s',
    async (when) => {
      const day = await newDay();
      await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
      await day.run();
      await day.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
      await day.run();
      let asked = 0;
      const publish = async () => {
        await day.land('c.tar.gz', { [member(3)]: 'id\n3\n', [member(3, 'stays')]: 'id\n1\n' });
        await day.run();
      };
      const swept = await sweep(day, {
        // Asked first of all, and once more between deciding and deleting.
        isRunning: async () => {
          if (++asked === 2 && when === 'deciding') await publish();
          return false;
        },
        // Asked between listing and deciding.
        named: async () => {
          if (when === 'listing') await publish();
          return new Set();
        },
      });
      expect(swept).toMatchObject({ state: 'changed', objects: [] });
      expect((await readPointer(day.store, day.layout))?.publication.version).toBe(3);
      expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
      await sweep(day);
      expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
    },
  );

  it('stops deleting as soon as another version is published', async () => {
    const day = await newDay();
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [member(1, `t${n}`), 'id\n1\n']));
    await day.land('a.tar.gz', many);
    await day.run();
    await day.land('b.tar.gz', Object.fromEntries(Object.entries(many).map(([name]) => [name, 'id\n2\n'])));
    await day.run();
    let publishing: Promise<unknown> | undefined;
    let deleted = 0;
    const store = new Proxy(day.store, {
      get(target, property) {
        const value = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== 'delete') return value.bind(target);
        return async (key: string) => {
          publishing ??= day.land('c.tar.gz', { [member(3)]: 'id\n3\n' }).then(() => day.run());
          await publishing;
          deleted++;
          return target.delete(key);
        };
      },
    });
    const swept = await sweep(day, { store });
    expect(swept.state).toBe('changed');
    expect(swept.objects).toHaveLength(deleted);
    expect(deleted).toBeLessThan(100);
    expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
  });

  it('aborts uploads that were abandoned for a day, of days that are not running, and no other partner’s', async () => {
    const day = await newDay({});
    const { store, config } = day;
    const old = await store.createUpload('acme/2026-11-21/v1/orders.csv');
    await store.createUpload('acme/2026-11-22/v1/orders.csv');
    const other = await store.createUpload('acme-2/2026-11-21/v1/orders.csv');
    const input = { store, config, dryRun: false, isRunning: async (date: string) => date === '2026-11-22' };
    expect((await sweepPartner({ ...input, now: inDays(0.9) })).uploads).toEqual([]);
    const { uploads } = await sweepPartner({ ...input, now: inDays(1.1) });
    expect(uploads.map(({ key }) => key)).toEqual([old.key]);
    const left: string[] = [];
    for await (const { key } of store.listUploads('')) left.push(key);
    expect(left.sort()).toEqual([other.key, 'acme/2026-11-22/v1/orders.csv']);
  });

  it('keeps the table an other day of the partner names as its last good one', async () => {
    const day = await newDay();
    const { store, config, layout } = day;
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    const first = await day.run();
    const later = new PartnerDayLayout(layout.partner, '2026-11-22');
    const key = layout.version(1).table('orders');
    const lastGood = { date: layout.date, version: 1, key };
    const publication = {
      ...first,
      date: '2026-11-22',
      tables: [{ table: 'orders', status: 'failed', error: 'x', lastGood }],
    };
    await store.put(later.published, Buffer.from(JSON.stringify(publication)), { ifNoneMatch: '*' });
    await day.land('b.tar.gz', { [member(2)]: 'id\n2\n' });
    await day.run();
    const input = { store, config, now: inDays(60), isRunning: async () => false, dryRun: false };
    const { days: swept } = await sweepPartner(input);
    // The other day is not whole: what must stay of it cannot be told, and nothing of it is touched.
    expect(swept.map(({ date, state }) => [date, state])).toEqual([
      [layout.date, 'swept'],
      ['2026-11-22', 'unreadable'],
    ]);
    expect(await store.head(key)).toBeDefined();
    expect(await store.head(layout.version(1).plan)).toBeUndefined();
  });
});

describe('rows that have expired', () => {
  it('are read again, of just those archives a merge needs, and give the same table', async () => {
    const day = await newDay();
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n', [member(1, 'stays')]: 'id\n1\n' });
    await day.land('b.tar.gz', { [member(2, 'stays')]: 'id\n2\n' });
    await day.land('c.tar.gz', { [member(3)]: 'id,extra\n3,x\n' });
    await day.run();
    await sweep(day);
    await day.land('d.tar.gz', { [member(4)]: 'id,more\n4,y\n' });
    const { version } = await day.run();
    expect(version).toBe(2);
    // The other table did not change: nobody needs the archive that holds only that.
    expect(day.readAgain).toEqual([day.key('a.tar.gz'), day.key('c.tar.gz')]);
    const orders = await day.store.getBytes(day.layout.version(2).table('orders'));
    expect(orders.toString()).toBe('id,extra,more\n1,,\n3,x,\n4,,y\n');
    expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
  });

  it('are read from the archive as it was sent again, as long as its bytes are the same', async () => {
    const day = await newDay({ extractDays: 0 });
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.run();
    await sweep(day, { now: inDays(1) });
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.land('b.tar.gz', { [member(2)]: 'id,more\n2,y\n' });
    await day.run();
    const orders = await day.store.getBytes(day.layout.version(2).table('orders'));
    expect(orders.toString()).toBe('id,more\n1,\n2,y\n');
  });

  it('are said to be gone when the archive is another one now, and nothing else is written in their place', async () => {
    const day = await newDay({ extractDays: 0 });
    await day.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
    await day.run();
    await sweep(day, { now: inDays(1) });
    const [segment] = (await readPlannedVersion(day.store, day.layout, 1)).tables.get('orders')!.ranges;
    await day.land('a.tar.gz', Buffer.from('another one'));
    await day.land('b.tar.gz', { [member(2)]: 'id,more\n2,y\n' });
    await expect(day.run()).rejects.toThrow('a.tar.gz');
    expect(await day.store.head(segment!.key)).toBeUndefined();
    expect((await verifyDay(day.store, day.layout)).ok).toBe(true);
  });
});

const failing = fc.subarray(['t0', 't1', 't2'], { maxLength: 2 });
/** What may happen to a day. Numbers pick archives and contents, so that names and bytes meet again. */
const event = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('land'), name: fc.nat(4), content: fc.nat(6) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('land and run'), name: fc.nat(4), content: fc.nat(6), failing }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), name: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('run'), failing }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sweep'), versions: fc.integer({ min: 1, max: 3 }) }) },
) as fc.Arbitrary<Happening>;

interface Happening {
  do: string;
  name?: number;
  content?: number;
  failing?: string[];
  versions?: number;
}

it('no history of landing, failing, publishing and sweeping loses a row, or changes what is published', async () => {
  let deleted = 0;
  let readAgain = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 6, maxLength: 14 }), async (events) => {
      const [swept, twin] = [await newDay(), await newDay()];
      for (const happened of withoutLoss(events)) {
        if (happened.do === 'sweep') deleted += await expire(swept, happened.versions!);
        else for (const day of [swept, twin]) await happen(day, happened);
        await requireSame(swept, twin);
      }
      readAgain += swept.readAgain.length;
      expect(twin.readAgain).toEqual([]);
    }),
    { numRuns: process.env.PARTNERDAY_DEEP === '1' ? 200 : 12 },
  );
  expect(deleted).toBeGreaterThan(0);
  expect(readAgain).toBeGreaterThan(0);
}, 240_000);

/**
 * What has been swept can be read again as long as it is landed. So nothing is removed or replaced after the first
 * sweep: another archive comes under another name then, and the same one under any.
 */
function withoutLoss(events: readonly Happening[]): Happening[] {
  const first = events.findIndex(({ do: what }) => what === 'sweep');
  const landed = new Map<number, number>();
  return events.flatMap((happened, index) => {
    const { do: what, name = 0, content = 0 } = happened;
    const isSwept = first >= 0 && index > first;
    if (what === 'remove') return isSwept ? [] : [happened];
    if (!what.startsWith('land')) return [happened];
    const other = isSwept && landed.has(name) && landed.get(name) !== content;
    const free = other ? 100 + index : name;
    landed.set(free, content);
    return [{ ...happened, name: free }];
  });
}

async function expire(day: LocalDay, versions: number): Promise<number> {
  day.reconfigure({ retention: { extractDays: 0, quarantineDays: 0, versions } });
  return (await sweep(day, { now: inDays(2) })).objects.length;
}

async function happen(
  day: LocalDay,
  { do: what, name = 0, content = 0, failing = [] }: Happening,
): Promise<void> {
  const archive = `${name}.tar.gz`;
  if (what.startsWith('land')) {
    // The same content under two names is the same archive.
    const tables = [0, 1, 2].filter((table) => (content + 1) & (1 << table));
    const members = tables.map((table) => [member(content, `t${table}`), `id\n${content}\n,bad\n`]);
    await day.land(archive, Object.fromEntries(members));
  }
  if (what === 'remove') await day.store.delete(day.key(archive));
  if (what.endsWith('run')) await day.run(undefined, failing);
}

/** Table by table the same rows, and every one of them there as it was published. */
async function requireSame(swept: LocalDay, twin: LocalDay): Promise<void> {
  const seen = await Promise.all([swept, twin].map(tablesOf));
  expect(seen[0]).toEqual(seen[1]);
  if ((await readPointer(swept.store, swept.layout)) === undefined) return;
  expect(
    (await verifyDay(swept.store, swept.layout)).tables.flatMap(({ differences }) => differences),
  ).toEqual([]);
}

async function tablesOf({ store, layout }: LocalDay) {
  const tables = (await readPointer(store, layout))?.publication.tables ?? [];
  return Promise.all(
    tables.map(async ({ table, status, key }) => ({
      table,
      status,
      content: key === undefined ? null : (await store.getBytes(key)).toString(),
    })),
  );
}
