import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/store/object-store.js';
import { LocalDay } from '../support/local-day.js';
import { DATE, PARTNER } from '../support/manifests.js';
import { checkDay, isSound, type Verdict } from './support/check-day.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { readFoundDay } from './support/read-found-day.js';

const SMALL = {
  date: DATE,
  seed: 1,
  archives: 4,
  tables: ['orders', 'stays'],
  memberBytes: 20_000,
  bigMemberBytes: 60_000,
};
const LATE = 'archive-3.tar.gz';

let known: KnownDay;
let undisturbed: Record<string, string>;
const days: LocalDay[] = [];

beforeAll(async () => {
  known = await knownDay(SMALL);
  const { tables } = await found(await processed());
  undisturbed = Object.fromEntries([...tables].map(([table, { sha256 }]) => [table, sha256]));
});
afterAll(async () => {
  for (const day of days) await day.remove();
});

/** A day with all archives, or but the one. */
async function landed(but?: string): Promise<LocalDay> {
  const day = await LocalDay.create();
  days.push(day);
  for (const { name, bytes } of known.archives) if (name !== but) await day.land(name, bytes);
  return day;
}

async function processed(): Promise<LocalDay> {
  const day = await landed();
  await day.run();
  return day;
}

const found = (day: LocalDay) => readFoundDay(day.store, PARTNER, DATE);
const check = async (day: LocalDay): Promise<Verdict> =>
  checkDay(known.expected, await found(day), undisturbed);
const rowsOf = (table: string) => known.expected.tables.get(table)!.size;

describe('the checker', () => {
  it('is content with a day that went well', async () => {
    const verdict = await check(await processed());
    expect(verdict).toEqual({ lost: [], doubled: [], unexpected: [], differing: [] });
    expect(isSound(verdict)).toBe(true);
  });

  const tampered = async (change: (lines: string[]) => void): Promise<Verdict> => {
    const day = await processed();
    const path = join(day.root, PARTNER, DATE, 'v1', 'stays.csv');
    const lines = (await readFile(path, 'utf8')).split('\n');
    change(lines);
    await rm(path);
    await writeFile(path, lines.join('\n'));
    return check(day);
  };
  /** A row whose note is one word. */
  const plainRow = (lines: readonly string[]) => lines.findIndex((line) => line.includes(',plain,'));

  it('finds a lost row', async () => {
    const verdict = await tampered((lines) => lines.splice(plainRow(lines), 1));
    expect(verdict).toMatchObject({ doubled: [], unexpected: [], differing: ['stays'] });
    expect(verdict.lost).toHaveLength(1);
  });

  it('finds a doubled row', async () => {
    const verdict = await tampered((lines) => lines.splice(1, 0, lines[plainRow(lines)]!));
    expect(verdict).toMatchObject({ lost: [], unexpected: [], differing: ['stays'] });
    expect(verdict.doubled).toHaveLength(1);
  });

  it('finds a foreign row, and one that lost its value', async () => {
    const foreign = await tampered((lines) => lines.splice(1, 0, '999999,2026-01-01,1,true,plain,x'));
    expect(foreign).toMatchObject({
      lost: [],
      doubled: [],
      unexpected: [expect.stringMatching(/^stays\/999999 /)],
    });
    const altered = await tampered((lines) => {
      lines[plainRow(lines)] = lines[plainRow(lines)]!.replace(',plain,', ',,');
    });
    expect(altered).toMatchObject({ lost: [expect.any(String)], unexpected: [expect.any(String)] });
  });

  it('finds a table with all its rows in another order', async () => {
    const verdict = await tampered((lines) => {
      const [first, last] = [plainRow(lines), lines.findLastIndex((line) => line.includes(',plain,'))];
      [lines[first], lines[last]] = [lines[last]!, lines[first]!];
    });
    expect(verdict).toEqual({ lost: [], doubled: [], unexpected: [], differing: ['stays'] });
  });

  it('finds a missing table, and a row that was not set aside', () => {
    const nothing = checkDay(known.expected, { tables: new Map(), quarantined: [] }, undisturbed);
    expect(nothing.differing).toEqual(['orders', 'stays']);
    expect(nothing.lost).toHaveLength(rowsOf('orders') + rowsOf('stays') + known.expected.quarantined.size);
    expect(known.expected.quarantined.size).toBeGreaterThan(0);
  });
});

/** The store with some of its methods replaced. */
function breaking(store: ObjectStore, broken: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get(target, property) {
      const own = Reflect.get(broken, property) as unknown;
      if (own !== undefined) return own;
      const value = Reflect.get(target, property, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a broken rule of the commit protocol shows', () => {
  it('an archive counts as committed though its manifest was not written', async () => {
    const day = await landed();
    const store = breaking(day.store, {
      put: async (key, body, condition, options) =>
        key.endsWith('/manifest.json')
          ? { key, bytes: body.byteLength, etag: 'never written' }
          : day.store.put(key, body, condition, options),
    });
    await day.through(store).run();
    const verdict = await check(day);
    expect(isSound(verdict)).toBe(false);
    expect(verdict.lost.length).toBeGreaterThanOrEqual(rowsOf('orders') + rowsOf('stays'));
  });

  it.each([
    ['heeded', true],
    ['ignored', false],
  ])(
    'a worker taken for dead publishes an old version late: the condition of the pointer is %s',
    async (_, heeded) => {
      const day = await landed(LATE);
      let wake: () => void = () => undefined;
      const asleep = new Promise<void>((resolve) => {
        wake = resolve;
      });
      let reached: () => void = () => undefined;
      const atPointer = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const store = breaking(day.store, {
        put: async (key, body, condition, options) => {
          if (!key.endsWith('/published.json')) return day.store.put(key, body, condition, options);
          reached();
          await asleep;
          const there = (await day.store.head(key))!;
          return day.store.put(key, body, heeded ? condition : { ifMatch: there.etag }, options);
        },
      });
      const zombie = day
        .through(store)
        .run()
        .catch((error: Error) => error);
      await atPointer;
      await day.run();
      await day.land(LATE, known.archives.find(({ name }) => name === LATE)!.bytes);
      expect(await day.run()).toMatchObject({ version: 2 });
      expect(isSound(await check(day))).toBe(true);
      wake();
      await zombie;
      const verdict = await check(day);
      expect(isSound(verdict)).toBe(heeded);
      expect(verdict.lost.length > 0).toBe(!heeded);
    },
  );
});
