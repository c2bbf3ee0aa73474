import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeRehearsal, rehearsalText } from '../../../src/cli/rehearsal/rehearsal-text.js';
import { type Rehearsal, rehearseDay } from '../../../src/cli/rehearsal/rehearse-day.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { openStore } from '../../../src/store/open-store.js';
import { LocalDay } from '../../support/local-day.js';

const BEFORE = '2026-11-20';

describe('a rehearsal', () => {
  let day: LocalDay;
  let scratch: ObjectStore;
  let directory: string;
  beforeEach(async () => {
    day = await LocalDay.create({ tables: { orders: { columns: ['id', 'price'], required: ['id'] } } });
    directory = await mkdtemp(join(tmpdir(), 'partnerday-test-'));
    scratch = await openStore(pathToFileURL(directory).href);
  });
  afterEach(async () => {
    await scratch.close();
    await rm(directory, { recursive: true, force: true });
    await day.remove();
  });

  const rehearse = (archives?: number): Promise<Rehearsal> =>
    rehearseDay({
      store: day.store,
      scratch,
      config: day.config,
      date: day.layout.date,
      landing: day.key(''),
      archives,
      signal: new AbortController().signal,
    });

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const { key, etag } of day.store.list('')) found.push(`${key} ${etag}`);
    return found;
  }

  async function landed(): Promise<void> {
    const earlier = day.on(BEFORE);
    await earlier.land('a.tar.gz', { 'orders_20261120_1.csv': 'id,price\n1,2\n' });
    await earlier.run();
    await day.land('a.tar.gz', {
      'orders_20261121_1.csv': 'id,price\n1,2\n',
      'stays_20261121_1.csv': 'id\n1\n',
    });
    await day.land('b.tar.gz', { 'orders_20261121_2.csv': 'id,price,extra\n1,2,3\n1\n' });
    await day.land('c.tar.gz', Buffer.from('no archive'));
  }

  it('says what a run would say, to the last point', async () => {
    await landed();
    day.said = { completedBy: 'signal' };
    const { publication, plan, cost } = await rehearse();
    const ran = await day.run();
    expect(publication.score).toBe(ran.score);
    const figures = ({ table, status, rows, crc32 }: (typeof ran.tables)[number]) => [
      table,
      status,
      rows,
      crc32,
    ];
    expect(publication.tables.map(figures)).toEqual(ran.tables.map(figures));
    expect(plan.tables.map(({ table }) => table)).toEqual(['orders', 'stays']);
    expect(cost).toMatchObject({ archives: 3, tableBytes: expect.any(Number) });
  });

  it('changes nothing in the store, whether the day is there already or not', async () => {
    await landed();
    const before = await keys();
    await rehearse();
    expect(await keys()).toEqual(before);
    day.said = { completedBy: 'signal' };
    const { score } = await day.run();
    const published = await keys();
    await rm(directory, { recursive: true, force: true });
    await scratch.close();
    directory = await mkdtemp(join(tmpdir(), 'partnerday-test-'));
    scratch = await openStore(pathToFileURL(directory).href);
    const again = await rehearse();
    // What is published of the date is not seen: it is version 1 once more.
    expect([again.publication.version, again.publication.score]).toEqual([1, score]);
    expect(await keys()).toEqual(published);
  });

  it('prints plan, cost, drift against earlier days, findings and score', async () => {
    await landed();
    const described = await describeRehearsal(await rehearse());
    const text = rehearsalText(described, (_format, plain) => plain);
    for (const part of ['Plan', 'Cost', 'Drift', 'Findings', `Score ${described.day.score}`, '3 archives'])
      expect(text).toContain(part);
    expect(text).toContain('orders: added "extra", first in orders_20261121_2.csv');
    expect(text).toContain('error   archive-not-gzip: ');
  });

  it('takes only as many archives as it is told to', async () => {
    await landed();
    expect((await rehearse(1)).cost.archives).toBe(1);
  });
});
