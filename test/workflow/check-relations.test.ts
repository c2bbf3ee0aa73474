import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { explainDay } from '../../src/cli/day/explain-day.js';
import { explainText } from '../../src/cli/day/explain-text.js';
import { styleFor } from '../../src/cli/output/style.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const guests = (batch: number) => `guests_20261120_${batch}.csv`;
const RULES = [{ id: 'one-guest', kind: 'unique', table: 'guests', columns: ['id'] }];

describe('rules across tables in a partner-day', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  async function explained({ store, layout }: RealPartner) {
    const why = await explainDay(store, layout, (await readDay(store, layout))!);
    return { why, text: explainText(why, styleFor(process.stdout, 'never', {})) };
  }

  it('are checked before the version is published, and can hold it', async () => {
    const quality = { rules: RULES, holdOn: ['rule-unique'] };
    await RealPartner.with(env, { quality }, async (partner) => {
      await partner.land('a.tar.gz', { [guests(1)]: 'id\n1\n1\n' });
      const handle = await partner.start('seal');
      await expect
        .poll(async () => (await handle.query('progress')) as unknown, { timeout: 60_000 })
        .toMatchObject({ stage: 'held' });
      expect((await readDay(partner.store, partner.layout))?.status).toBe('held');
      await handle.executeUpdate('decide', {
        args: [{ version: 1, action: 'release', by: 'kim', why: 'known to be so' }],
      });
      expect(await handle.result()).toMatchObject({ version: 1, status: 'published' });
      const { why, text } = await explained(partner);
      expect(why.decision).toMatchObject({ by: 'kim', why: 'known to be so' });
      expect(text).toContain('held: there are findings of rule-unique');
      expect(text).toMatch(/v1 was released by kim at .*: known to be so/);
      expect(text).toContain('broken      one-guest: every guests.id is there once: 1 of 2');
    });
  });

  it('have archives read again whose rows have expired, and say so', async () => {
    await RealPartner.with(env, { quality: { rules: RULES } }, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', { [guests(1)]: 'id\n1\n' });
      await partner.land('b.tar.gz', { 'others_20261120_1.csv': 'id\n1\n' });
      await partner.run();
      for await (const { key } of store.list(layout.extractPrefix)) {
        if (key.endsWith('.csv')) await store.delete(key);
      }
      partner.read.length = 0;
      await partner.land('c.tar.gz', { [guests(2)]: 'id\n1\n' });
      expect(await partner.run()).toMatchObject({ version: 2, failedTables: [] });
      expect(partner.read.sort()).toEqual(['a.tar.gz', 'c.tar.gz']);
      const { why } = await explained(partner);
      expect(why.rules).toMatchObject([{ rule: 'one-guest', outcome: 'broken', violations: 1 }]);
    });
  });

  it('never keep the day from being published', async () => {
    await RealPartner.with(env, { quality: { rules: RULES } }, async (partner) => {
      const { store, layout } = partner;
      await partner.land('a.tar.gz', { [guests(1)]: 'id\n1\n' });
      await partner.run();
      // What was kept aside is gone, and so is the archive it came from.
      for await (const { key } of store.list(layout.extractPrefix)) {
        if (key.includes('/aside-')) await store.delete(key);
      }
      await store.delete(partner.key('a.tar.gz'));
      await partner.land('b.tar.gz', { [guests(2)]: 'id\n1\n' });
      expect(await partner.run()).toMatchObject({ version: 2, merged: 1, failedTables: [] });
      const { why } = await explained(partner);
      expect(why.rules).toMatchObject([
        { outcome: 'not-checked', because: 'every try to compute it failed' },
      ]);
      expect(why.penalties.map(({ name }) => name)).toContain('unchecked-rules');
    });
  });
});
