import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDay } from '../../src/cli/day/day-report.js';
import { dayText } from '../../src/cli/day/day-text.js';
import { styleFor } from '../../src/cli/output/style.js';
import { PartnerDayLayout } from '../../src/ingest/layout.js';
import { type Progress, sourceComplete } from '../../src/workflows/messages.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const BEFORE = ['2026-11-17', '2026-11-18', '2026-11-19'];
const TODAY = '2026-11-20';
const compact = (date: string) => date.replaceAll('-', '');

/** Three earlier days of the partner, with three archives each. */
async function history(partner: RealPartner): Promise<void> {
  for (const date of BEFORE) {
    for (const table of ['orders', 'rates', 'stays']) await land(partner, table, date);
    await partner.put('_SUCCESS', '', date);
    await partner.run('seal', date);
  }
}

function land(partner: RealPartner, table: string, date = TODAY): Promise<void> {
  const member = `${table}_${compact(date)}_1.csv`;
  return partner.land(`acme_${compact(date)}_${table}.tar.gz`, { [member]: 'id\n1\n' }, date);
}

const sources = (fields: Record<string, unknown>) => ({
  sources: [{ marker: '_SUCCESS', settle: '10ms', deadline: '5s', beforeDeadline: '4s', ...fields }],
  consumers: ['night report'],
});

async function textOf({ store }: RealPartner, key: string): Promise<string> {
  return (await store.getBytes(key)).toString();
}

describe('the deadline of a source', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('is alerted before, with what is missing and the tables it usually carries, and may let the day go on short', async () => {
    await RealPartner.with(env, sources({ afterDeadline: 'proceed' }), async (partner) => {
      await history(partner);
      const { store, layout } = partner;
      await land(partner, 'orders');
      const day = await partner.start('wait');
      expect(await day.result()).toMatchObject({ version: 1, merged: 1 });

      const before = await textOf(partner, layout.deadlineAlert('main', 'before-deadline'));
      expect(before).toContain('source main is not complete, and its deadline is');
      const landing = `landing/${partner.id}/${TODAY}`;
      for (const table of ['rates', 'stays']) {
        expect(before).toContain(
          `${landing}/acme_20261120_${table}.tar.gz (there on each of the last 3 days)`,
        );
      }
      expect(before).not.toContain('acme_20261120_orders');
      expect(before).toContain('Tables it usually carries\n  rates, stays\n  consumers: night report\n');
      expect(before).toContain('1 archives; the last 3 days brought 3');
      const passed = await textOf(partner, layout.deadlineAlert('main', 'deadline-passed'));
      expect(passed).toContain('missed its deadline');
      expect(passed).toContain('goes on without what is missing, and is short');

      const report = (await readDay(store, layout))!;
      expect(report).toMatchObject({
        verdict: 'short',
        sources: [
          { source: 'main', verdict: 'short', evidence: 'history', completedBy: 'deadline', landed: 1 },
        ],
      });
      expect(dayText(report, styleFor(process.stdout, 'never', {}))).toContain(
        'source main: short, 1 archive where the last 3 days brought 3 to 3',
      );
    });
  });

  it('may let the day go on waiting, and what comes then is waited for', async () => {
    await RealPartner.with(env, sources({ afterDeadline: 'wait' }), async (partner) => {
      const { store, layout } = partner;
      await land(partner, 'orders');
      const day = await partner.start('wait');
      const passed = layout.deadlineAlert('main', 'deadline-passed');
      await expect.poll(async () => await store.head(passed), { timeout: 30_000 }).toBeDefined();
      expect(await textOf(partner, passed)).toContain('not known: no earlier day is published');
      const { status } = await day.describe();
      expect(status.name).toBe('RUNNING');
      const sourcesNow = async () => (await day.query<Progress, []>('progress')).sources;
      await expect.poll(sourcesNow, { timeout: 30_000 }).toMatchObject([
        {
          complete: false,
          because: 'deadline passed; waits for marker _SUCCESS or signal sourceComplete',
          deadline: expect.stringMatching(/Z$/),
        },
      ]);
      await land(partner, 'stays');
      await partner.put('_SUCCESS', '');
      expect(await day.result()).toMatchObject({ version: 1, merged: 2 });
      expect((await readDay(store, layout))!.verdict).toBe('complete');
    });
  });

  it('may fail the day, which says what it waited for, and a person may process it all the same', async () => {
    await RealPartner.with(env, sources({ afterDeadline: 'fail' }), async (partner) => {
      const { store, layout } = partner;
      await land(partner, 'orders');
      const day = await partner.start('wait');
      const failure = await day.result().catch((error) => error);
      expect(failure.cause).toMatchObject({ type: 'DeadlineMissedError' });
      expect(failure.cause.message).toContain('waits for marker _SUCCESS');
      expect(await textOf(partner, layout.deadlineAlert('main', 'deadline-passed'))).toContain(
        'the day has failed',
      );
      expect(await partner.run('seal')).toMatchObject({ version: 1 });
      expect((await readDay(store, layout))!.verdict).toBe('unsigned');
    });
  });

  it('is nobody’s business when the source is complete, nor when a day is sealed by a person', async () => {
    await RealPartner.with(env, sources({ deadline: '1h', beforeDeadline: '59.99m' }), async (partner) => {
      await land(partner, 'orders');
      await partner.put('_SUCCESS', '');
      await partner.run('wait');
      await land(partner, 'orders', BEFORE[0]);
      await partner.run('seal', BEFORE[0]);
      for (const date of [TODAY, BEFORE[0]!]) {
        const { prefix } = new PartnerDayLayout(partner.id, date);
        const keys = await partner.keys(prefix);
        expect(keys.some((key) => key.includes('published.json'))).toBe(true);
        expect(keys.filter((key) => key.includes('alert'))).toEqual([]);
      }
    });
  });

  it('leaves what a source said to stand when the day is sealed again for a late archive', async () => {
    await RealPartner.with(env, { sources: [{ settle: '10ms' }] }, async (partner) => {
      const { store, layout } = partner;
      await land(partner, 'orders');
      const day = await partner.start('wait');
      await day.signal(sourceComplete, { source: 'main', archives: 2 });
      await day.result();
      expect((await readDay(store, layout))!.sources).toMatchObject([
        { verdict: 'short', evidence: 'number', announced: 2, missing: 1, completedBy: 'signal' },
      ]);
      await land(partner, 'stays');
      expect(await partner.run('seal')).toMatchObject({ version: 2 });
      expect((await readDay(store, layout))!).toMatchObject({
        verdict: 'complete',
        sources: [{ verdict: 'complete', evidence: 'number', completedBy: 'signal' }],
      });
      // Nothing is new: no version, although nobody says again that it is complete.
      expect(await partner.run('seal')).toMatchObject({ version: 2 });
    });
  });
});
