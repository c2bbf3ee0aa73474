import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { verifyDay } from '../../src/ingest/publication/verify-day.js';
import { type Progress, sourceArrived, sourceComplete } from '../../src/workflows/messages.js';
import { RealPartner } from '../support/real-partner.js';
import { tarFile, tarGz } from '../support/tar-builder.js';
import { startTemporal } from '../support/temporal-server.js';

const member = (batch: number, table = 'orders') => `${table}_20261120_${batch}.csv`;
const archive = (batch: number, rows = `${batch}`) => tarGz(tarFile(member(batch), `id\n${rows}\n`));
const MANIFEST = { sources: [{ manifest: 'manifest.json', settle: '10ms' }] };

async function rowsOf({ store, layout }: RealPartner, table = 'orders'): Promise<string[]> {
  const day = (await readDay(store, layout))!;
  const { key } = day.tables.find((entry) => entry.table === table)!;
  return (await store.getBytes(key!)).toString().trim().split('\n').slice(1);
}

async function fatesOf({ store, layout }: RealPartner): Promise<Record<string, number>> {
  return (await readDay(store, layout))!.archives;
}

describe('archives arrive as they please', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('out of order, announced twice and three times, and each is read once', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const day = await partner.start('wait');
      const announce = (...names: string[]) =>
        day.signal(sourceArrived, { source: 'main', keys: names.map((name) => partner.key(name)) });
      await announce('c.tar.gz', 'a.tar.gz');
      for (const [name, batch] of [
        ['c.tar.gz', 3],
        ['a.tar.gz', 1],
        ['b.tar.gz', 2],
      ] as const) {
        await partner.land(name, archive(batch));
        await announce(name, 'a.tar.gz');
      }
      for (let again = 0; again < 3; again++) await day.signal(sourceComplete, { source: 'main' });
      expect(await day.result()).toMatchObject({ version: 1 });
      expect(partner.read.sort()).toEqual(['a.tar.gz', 'b.tar.gz', 'c.tar.gz']);
      expect(await rowsOf(partner)).toEqual(['1', '2', '3']);
    });
  });

  it('without any message: listing alone finds them, and the manifest that completes the day', async () => {
    await RealPartner.with(env, MANIFEST, async (partner) => {
      const day = await partner.start('wait');
      await partner.land('b.tar.gz', archive(2));
      await expect.poll(() => partner.read, { timeout: 30_000 }).toEqual(['b.tar.gz']);
      await partner.land('a.tar.gz', archive(1));
      await partner.put(
        'manifest.json',
        JSON.stringify({ archives: [{ name: 'a.tar.gz' }, { name: 'b.tar.gz' }] }),
      );
      expect(await day.result()).toMatchObject({ version: 1 });
      expect(await rowsOf(partner)).toEqual(['1', '2']);
      expect(await readDay(partner.store, partner.layout)).toMatchObject({
        verdict: 'complete',
        sources: [{ completedBy: 'manifest', evidence: 'list' }],
      });
    });
  });

  it('still being uploaded: what is shorter than announced is not taken for the archive, however long it rests', async () => {
    await RealPartner.with(env, MANIFEST, async (partner) => {
      const whole = archive(1);
      const announced = [{ name: 'a.tar.gz', bytes: whole.byteLength }];
      await partner.put('manifest.json', JSON.stringify({ archives: announced }));
      await partner.land('a.tar.gz', whole.subarray(0, whole.byteLength - 5));
      const day = await partner.start('wait');
      const because = async () => (await day.query<Progress, []>('progress')).sources[0]?.because;
      await expect.poll(because, { timeout: 30_000 }).toContain('1 archive of another size than announced');
      expect(partner.read).toEqual([]);
      await partner.land('a.tar.gz', whole);
      expect(await day.result()).toMatchObject({ version: 1 });
      expect(await rowsOf(partner)).toEqual(['1']);
      expect(await fatesOf(partner)).toEqual({ merged: 1 });
    });
  });

  it('of another size than announced for good: a person who seals the day has it read as it is', async () => {
    await RealPartner.with(env, MANIFEST, async (partner) => {
      await partner.put('manifest.json', JSON.stringify({ archives: [{ name: 'a.tar.gz', bytes: 7 }] }));
      await partner.land('a.tar.gz', archive(1));
      expect(await partner.run('seal')).toMatchObject({ version: 1 });
      expect(await rowsOf(partner)).toEqual(['1']);
      const { findings } = (await readDay(partner.store, partner.layout))!;
      expect(findings.map(({ code }) => code)).toContain('archive-unannounced');
    });
  });

  it('under two names, and the rows are there once', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      await partner.land('a.tar.gz', archive(1));
      await partner.land('copy of a.tar.gz', archive(1));
      await partner.run();
      expect(await rowsOf(partner)).toEqual(['1']);
      expect(await fatesOf(partner)).toEqual({ merged: 1, duplicate: 1 });
    });
  });

  it('again with the same bytes: no table is merged, and every published byte stays', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', archive(1));
      await partner.land('b.tar.gz', archive(2));
      await partner.run();
      const first = (await readDay(store, layout))!.tables;
      partner.read.length = 0;
      await partner.land('a.tar.gz', archive(1));
      await partner.run();
      // A file that is written again is another object until its bytes are known; S3 knows them at once.
      expect(partner.read).toEqual(['a.tar.gz']);
      expect((await readDay(store, layout))!.tables).toEqual(first);
      const tables = (await partner.keys()).filter((key) => /^v\d+\/[^/]+\.csv$/.test(key));
      expect(tables).toEqual(['v1/orders.csv']);
    });
  });

  it('again with other bytes: they supersede the first, and only their tables are merged', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', archive(1));
      await partner.land('b.tar.gz', { [member(2, 'stays')]: 'id\n2\n' });
      await partner.run();
      partner.read.length = 0;
      await partner.land('a.tar.gz', archive(1, '11'));
      expect(await partner.run()).toMatchObject({ version: 2 });
      expect(partner.read).toEqual(['a.tar.gz']);
      expect(await rowsOf(partner)).toEqual(['11']);
      expect(await fatesOf(partner)).toEqual({ merged: 2, superseded: 1 });
      const tables = (await readDay(store, layout))!.tables.map(({ key }) => key);
      expect(tables).toEqual([layout.version(2).table('orders'), layout.version(1).table('stays')]);
      expect((await verifyDay(store, layout)).ok).toBe(true);
    });
  });

  it('after publication, by a message to a day that has ended: the next version reads only the new one', async () => {
    await RealPartner.with(env, { sources: [{ marker: '_SUCCESS', settle: '10ms' }] }, async (partner) => {
      await partner.land('a.tar.gz', archive(1));
      await partner.put('_SUCCESS', '');
      await partner.run('wait');
      partner.read.length = 0;
      await partner.land('b.tar.gz', archive(2));
      expect(await partner.run('wait')).toMatchObject({ version: 2 });
      expect(partner.read).toEqual(['b.tar.gz']);
      expect(await rowsOf(partner)).toEqual(['1', '2']);
    });
  });
});
