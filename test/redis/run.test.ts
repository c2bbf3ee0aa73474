import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProgressMirror } from '../../src/progress/progress-mirror.js';
import { RedisTarget } from '../../src/progress/redis-target.js';
import { RealPartner } from '../support/real-partner.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { startTemporal } from '../support/temporal-server.js';

let env: TestWorkflowEnvironment;
let server: RedisServer;
beforeAll(async () => {
  [env, server] = await Promise.all([startTemporal(), startRedis()]);
});
afterAll(async () => {
  server?.thaw();
  await server?.stop();
  await env?.teardown();
});

const MEMBERS = { 'orders_20261120_1.csv': 'id\n1\n2\n', 'stays_20261120_1.csv': 'id\n1\n' };

describe('a run whose progress is mirrored', () => {
  it('is in Redis as it ended, and nothing of that is in its history', async () => {
    const redis = new Redis(server.url);
    const mirror = new ProgressMirror(new RedisTarget(server.url), () => undefined);
    await RealPartner.with(
      env,
      {},
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        await partner.run();
        await mirror.close();
        const fields = await redis.hgetall(`partnerday:progress:${partner.id}:${partner.date}`);
        expect(fields).toMatchObject({ stage: 'published', version: '1' });
        expect(JSON.parse(fields['table:orders']!)).toMatchObject({ state: 'merged', rows: 2 });
        expect(mirror.counts.dropped).toBe(0);
        const history = await partner.handle().fetchHistory();
        expect(JSON.stringify(history)).not.toContain('partnerday:progress');
      },
      { mirror },
    );
    redis.disconnect();
  });

  it('does not notice that Redis hangs: the same result, and no task of the workflow fails or waits', async () => {
    server.freeze();
    const mirror = new ProgressMirror(new RedisTarget(server.url), () => undefined);
    await RealPartner.with(
      env,
      {},
      async (partner) => {
        await partner.land('a.tar.gz', MEMBERS);
        expect(await partner.run()).toMatchObject({ version: 1, merged: 2 });
        // Redis was still hanging when the run had ended.
        expect(mirror.counts.written).toBe(0);
        const { events } = await partner.handle().fetchHistory();
        const failed = (events ?? []).filter(
          (event) => event.workflowTaskFailedEventAttributes ?? event.workflowTaskTimedOutEventAttributes,
        );
        expect(failed).toEqual([]);
      },
      { mirror },
    );
    await mirror.close();
    expect(mirror.counts.dropped).toBeGreaterThan(0);
    server.thaw();
  });
});
