import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { periodReport } from '../../src/ingest/layout.js';
import { announceId, QUEUES, REPORT_SCHEDULE_ID } from '../../src/workflows/names.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

describe('reports', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  const announced = ({ id, date }: RealPartner, what: string) =>
    env.client.workflow.getHandle(announceId(id, date, what)).result();

  it('of a day and its lineage are there once it is published, and are about its newest version', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const { store, layout } = partner;
      const text = async (key: string) => (await store.getBytes(key)).toString();
      await partner.land('a.tar.gz', { 'orders_20261120_1.csv': 'id\n1\n' });
      await partner.run();
      await announced(partner, 'v1');
      const page = await text(`${layout.report}.html`);
      expect(page).toContain('Version 1 is published');
      expect(page).toContain('orders');
      expect(JSON.parse(await text(`${layout.report}.json`)).days.at(-1)).toMatchObject({ version: 1 });
      const events = (await text(layout.lineage)).trimEnd().split('\n');
      expect(events.map((line) => JSON.parse(line))).toMatchObject([
        {
          eventType: 'COMPLETE',
          job: { name: `${partner.id}.orders` },
          inputs: [{ name: partner.key('a.tar.gz') }],
        },
      ]);

      await partner.land('b.tar.gz', Buffer.from('no archive'));
      await partner.land('c.tar.gz', { 'stays_20261120_1.csv': 'id\n1\n' });
      await partner.run();
      await announced(partner, 'v2');
      expect(await text(`${layout.report}.html`)).toContain('Version 2 is published');
      expect((await text(layout.lineage)).trimEnd().split('\n')).toHaveLength(2);
    });
  });

  it('say how long a table was missing before it was merged', async () => {
    const policies = { merge: { tries: 1, backoff: { initial: '10ms' } }, requeue: { rounds: 0 } };
    await RealPartner.with(env, { policies }, async (partner) => {
      const { store, layout } = partner;
      const obstacle = join(partner.root, layout.version(1).prefix, 'orders.csv');
      await mkdir(obstacle, { recursive: true });
      await partner.land('a.tar.gz', {
        'orders_20261120_1.csv': 'id\n1\n',
        'stays_20261120_1.csv': 'id\n1\n',
      });
      expect(await partner.run()).toMatchObject({ version: 1, failedTables: ['orders'] });
      await rm(obstacle, { recursive: true });
      expect(await partner.run('retry')).toMatchObject({ version: 2, failedTables: [] });
      await announced(partner, 'v2');
      const report = JSON.parse((await store.getBytes(`${layout.report}.json`)).toString());
      const { incidents } = report.days.at(-1);
      expect(incidents).toEqual([
        {
          what: 'failed-tables',
          tables: ['orders'],
          since: expect.any(String),
          repaired: { at: expect.any(String), version: 2 },
        },
      ]);
      expect(incidents[0].repaired.at > incidents[0].since).toBe(true);
    });
  });

  it('of weeks and months are written by a Schedule, for the time its tick stands for', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      await partner.land('a.tar.gz', { 'orders_20261120_1.csv': 'id\n1\n' });
      await partner.run();
      const schedule = await env.client.schedule.create({
        scheduleId: REPORT_SCHEDULE_ID,
        spec: { calendars: [{ minute: 0, hour: 12 }] },
        action: { type: 'startWorkflow', workflowType: 'writeReports', taskQueue: QUEUES.control },
        state: { paused: true },
      });
      const start = new Date('2026-11-21T11:30:00Z');
      await schedule.backfill({ start, end: new Date('2026-11-21T12:30:00Z'), overlap: 'ALLOW_ALL' });
      const keys = [
        ...['html', 'json', 'md'].map((view) => `${periodReport(partner.id, 'week', '2026-W47')}.${view}`),
        `${periodReport(partner.id, 'month', '2026-11')}.html`,
      ];
      const there = async () =>
        (await Promise.all(keys.map((key) => partner.store.head(key)))).every(Boolean);
      await expect.poll(there, { timeout: 60_000 }).toBe(true);
      await schedule.delete();
      const month = (await partner.store.getBytes(keys.at(-1)!)).toString();
      expect(month).toContain('2026-11 (2026-11-01 to 2026-11-30)');
    });
  });
});
