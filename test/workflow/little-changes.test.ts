import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { verifyDay } from '../../src/ingest/publication/verify-day.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const ARCHIVES = 200;
const TABLES = ['orders', 'guests', 'stays', 'rooms'];
const table = (archive: number) => TABLES[archive % TABLES.length]!;
const RESENT = 8;

describe('a day of many archives, of which one is sent again', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('reads that archive and no other, at most one manifest in a hundred, and merges only its tables', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const { store, layout } = partner;
      const land = (archive: number, rows: string) =>
        partner.land(`${archive}.tar.gz`, {
          [`${table(archive)}_20261120_${archive}.csv`]: `id\n${rows}\n`,
        });
      for (let archive = 0; archive < ARCHIVES; archive++) await land(archive, `${archive}`);
      expect(await partner.run()).toMatchObject({ version: 1, merged: TABLES.length });
      expect(partner.manifestsRead).toBeGreaterThanOrEqual(ARCHIVES);
      const before = (await readDay(store, layout))!;
      partner.read.length = 0;
      partner.manifestsRead = 0;

      await land(RESENT, `${RESENT}\n9000`);
      expect(await partner.run()).toMatchObject({ version: 2, failedTables: [] });
      expect(partner.read).toEqual([`${RESENT}.tar.gz`]);
      expect(partner.manifestsRead).toBeLessThanOrEqual(ARCHIVES / 100);
      const after = (await readDay(store, layout))!;
      expect(after.archives).toMatchObject({ merged: ARCHIVES, superseded: 1 });
      const keys = (day: typeof after) =>
        Object.fromEntries(day.tables.map((entry) => [entry.table, entry.key]));
      const changed = table(RESENT);
      expect(keys(after)).toEqual({ ...keys(before), [changed]: layout.version(2).table(changed) });
      const rows = (await store.getBytes(layout.version(2).table(changed))).toString().split('\n');
      expect(rows.filter((row) => row === '9000')).toHaveLength(1);
      expect(rows.filter((row) => row === `${RESENT}`)).toHaveLength(1);
      expect((await verifyDay(store, layout)).ok).toBe(true);
    });
  });
});
