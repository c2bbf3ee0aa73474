import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { explainDay } from '../../src/cli/day/explain-day.js';
import { explainText } from '../../src/cli/day/explain-text.js';
import { styleFor } from '../../src/cli/output/style.js';
import { verifyDay } from '../../src/ingest/publication/verify-day.js';
import { sweepDay } from '../../src/ingest/retention/sweep-day.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const member = (batch: number, table = 'orders') => `${table}_20261120_${batch}.csv`;

async function sweep({ store, layout, config }: RealPartner): Promise<number> {
  const { objects } = await sweepDay({
    store,
    layout,
    config,
    now: new Date(Date.now() + 40 * 86_400_000),
    isRunning: async () => false,
    named: async () => new Set(),
    dryRun: false,
  });
  return objects.filter(({ kind }) => kind === 'segment').length;
}

describe('a late archive, after the rows of the others have expired', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });
  const retention = { extractDays: 30 };

  it('has just those archives read again that its tables need, once for all of them, and says so', async () => {
    await RealPartner.with(env, { retention }, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', { [member(1)]: 'id\n1\n', [member(1, 'guests')]: 'id\n1\n' });
      await partner.land('b.tar.gz', { [member(2, 'guests')]: 'id\n2\n' });
      await partner.land('c.tar.gz', { [member(3, 'stays')]: 'id\n3\n' });
      await partner.run();
      expect(await sweep(partner)).toBe(3);
      partner.read.length = 0;
      // With another column nothing of the tables that are there can be taken over.
      const late = 'id,extra\n4,x\n';
      await partner.land('d.tar.gz', { [member(4)]: late, [member(4, 'guests')]: late });
      expect(await partner.run()).toMatchObject({ version: 2, merged: 3, failedTables: [] });
      expect(partner.read.sort()).toEqual(['a.tar.gz', 'b.tar.gz', 'd.tar.gz']);
      expect((await store.getBytes(layout.version(2).table('guests'))).toString()).toBe(
        'id,extra\n1,\n2,\n4,x\n',
      );
      expect((await verifyDay(store, layout)).ok).toBe(true);

      const why = await explainDay(store, layout, (await readDay(store, layout))!);
      expect(why.readAgain).toEqual([
        { tables: ['guests', 'orders'], archives: [partner.key('a.tar.gz'), partner.key('b.tar.gz')] },
      ]);
      expect(explainText(why, styleFor(process.stdout, 'never', {}))).toContain(
        'Read again, because rows of theirs had expired that guests, orders needed',
      );
    });
  });

  it('fails only the tables whose archives are gone as well, and names the reason', async () => {
    await RealPartner.with(env, { retention }, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', { [member(1)]: 'id\n1\n' });
      await partner.land('b.tar.gz', { [member(2, 'stays')]: 'id\n2\n' });
      await partner.run();
      await sweep(partner);
      await store.delete(partner.key('a.tar.gz'));
      const late = 'id,extra\n3,x\n';
      await partner.land('c.tar.gz', { [member(3)]: late, [member(3, 'stays')]: late });
      expect(await partner.run()).toMatchObject({ version: 2, failedTables: ['orders'], merged: 1 });
      const day = (await readDay(store, layout))!;
      const orders = day.tables.find(({ table }) => table === 'orders')!;
      expect(orders).toMatchObject({ status: 'stale', key: layout.version(1).table('orders') });
      expect(orders.error).toContain('1 of 2 such archives could not be read again');
      expect((await verifyDay(store, layout)).ok).toBe(true);
    });
  });
});
