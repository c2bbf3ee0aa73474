import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AlertChannel } from '../../src/alerts/alert-channels.js';
import { readDelivery } from '../../src/alerts/delivery-record.js';
import { announceId } from '../../src/workflows/names.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';
import { type Behaviour, WebhookDouble } from '../support/webhook-double.js';

const MEMBER = 'orders_20261120_1.csv';

describe('an alert of a partner-day', () => {
  let env: TestWorkflowEnvironment;
  const doubles: WebhookDouble[] = [];
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterEach(async () => {
    for (const double of doubles.splice(0)) await double.stop();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  async function slack(
    partner: RealPartner,
    change: Partial<AlertChannel>,
    ...behaviours: Behaviour[]
  ): Promise<WebhookDouble> {
    const double = await WebhookDouble.start(...behaviours);
    doubles.push(double);
    partner.channels = [{ name: 'slack', url: double.url, timeoutMs: 500, privateNetwork: true, ...change }];
    return double;
  }

  /** A day with an archive that is none. */
  async function landBroken(partner: RealPartner): Promise<void> {
    await partner.land('a.tar.gz', { [MEMBER]: 'id\n1\n' });
    await partner.land('b.tar.gz', Buffer.from('this is no archive at all'));
  }

  it('arrives once from a receiver that answers 500, 429 and nothing before it takes it', async () => {
    await RealPartner.with(env, { consumers: ['night report'] }, async (partner) => {
      const behaviours: Behaviour[] = [500, { status: 429, headers: { 'retry-after': '1' } }, 'silence', 200];
      const double = await slack(partner, {}, ...behaviours);
      await landBroken(partner);
      expect(await partner.run()).toMatchObject({ version: 1, status: 'published' });
      const announced = env.client.workflow.getHandle(announceId(partner.id, partner.date, 'v1'));
      await announced.result();
      expect(double.received.map(({ behaviour }) => behaviour)).toEqual(behaviours);
      expect(double.accepted).toHaveLength(1);
      const message = double.accepted[0]!.body;
      for (const part of ['archive-not-gzip', 'b.tar.gz', 'night report', `partnerday explain ${partner.id}`])
        expect(message).toContain(part);
      const known = await readDelivery(partner.store, partner.layout, 'slack', 'warning');
      expect(known!.delivery).toMatchObject({ state: 'sent', attempt: 4, host: '127.0.0.1' });
      // The same day once more, with more of the same: people know.
      await partner.land('c.tar.gz', Buffer.from('nor is this'));
      expect(await partner.run()).toMatchObject({ version: 2 });
      await env.client.workflow.getHandle(announceId(partner.id, partner.date, 'v2')).result();
      expect(double.received).toHaveLength(4);
    });
  });

  it('keeps no day waiting: it is published and over while the receiver says nothing', async () => {
    await RealPartner.with(env, {}, async (partner) => {
      const double = await slack(partner, { timeoutMs: 600_000 }, 'silence');
      await landBroken(partner);
      expect(await partner.run()).toMatchObject({ version: 1, status: 'published' });
      await expect.poll(() => double.received.length, { timeout: 30_000 }).toBe(1);
      const announced = env.client.workflow.getHandle(announceId(partner.id, partner.date, 'v1'));
      expect((await announced.describe()).status.name).toBe('RUNNING');
      expect(double.accepted).toEqual([]);
      await announced.terminate();
      await double.stop();
      doubles.pop();
    });
  });

  it('tells of a day that fails, with what readers see instead', async () => {
    const sources = [
      { marker: '_SUCCESS', settle: '10ms', deadline: '1s', beforeDeadline: '0s', afterDeadline: 'fail' },
    ];
    await RealPartner.with(env, { sources }, async (partner) => {
      const double = await slack(partner, {}, 200);
      await landBroken(partner);
      const day = await partner.start('wait');
      await expect(day.result()).rejects.toThrow();
      await expect.poll(() => double.accepted.length, { timeout: 30_000 }).toBeGreaterThan(0);
      const announced = env.client.workflow.getHandle(announceId(partner.id, partner.date, 'failed'));
      await announced.result();
      // The deadline that failed it and the failure are one thing, told once.
      expect(double.received).toHaveLength(1);
      const keys = (await partner.keys()).filter((key) => key.startsWith('alerts/failed-'));
      expect(keys.map((key) => key.slice(key.lastIndexOf('.'))).sort()).toEqual(['.eml', '.json', '.txt']);
      const text = keys.find((key) => key.endsWith('.txt'))!;
      const told = (await partner.store.getBytes(partner.layout.prefix + text)).toString();
      expect(told).toContain('the run failed and published nothing');
      expect(told).toContain('nothing of this date is published');
    });
  });
});
