import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProgressMirror } from '../../src/progress/progress-mirror.js';
import { RedisTarget } from '../../src/progress/redis-target.js';
import { freePort } from '../../src/tools/free-port.js';
import { dayProgress } from '../support/day-progress.js';
import { type RedisServer, startRedis } from '../support/redis.js';

const KEY = 'partnerday:progress:acme:2026-11-20';
const STREAM = 'partnerday:changes';

let server: RedisServer;
let redis: Redis;
let target: RedisTarget;

async function start(...settings: string[]): Promise<void> {
  server = await startRedis(...settings);
  redis = new Redis(server.url);
  target = new RedisTarget(server.url);
}

afterEach(async () => {
  redis?.disconnect();
  await target?.close();
  await server?.stop();
});

describe('progress in Redis', () => {
  beforeEach(() => start());

  it('is one hash for each partner-day, with a field for each table, that goes away by itself', async () => {
    await target.write(dayProgress({ tables: ['orders', 'stays'], version: 2, score: 97 }));
    const fields = await redis.hgetall(KEY);
    expect(fields).toMatchObject({
      partner: 'acme',
      date: '2026-11-20',
      stage: 'merging',
      version: '2',
      score: '97',
    });
    expect(JSON.parse(fields['table:orders']!)).toEqual({
      state: 'merged',
      files: 1,
      rows: 2,
      bytes: 3,
      round: 1,
      tries: 1,
    });
    for (const key of [KEY, STREAM]) {
      const ttl = await redis.ttl(key);
      expect(ttl).toBeGreaterThan(6 * 24 * 3600);
      expect(ttl).toBeLessThanOrEqual(7 * 24 * 3600);
    }
  });

  it('tells every change on one stream, and only what has changed', async () => {
    await target.write(dayProgress({ tables: ['orders', 'stays'] }));
    await target.write(dayProgress({ tables: ['orders'], message: 'next' }));
    await target.write(dayProgress({ tables: ['orders'], message: 'next' }));
    const changes = await redis.xrange(STREAM, '-', '+');
    expect(changes).toHaveLength(2);
    const [, [, partner, , date, , change]] = changes[1] as [string, string[]];
    expect([partner, date, JSON.parse(change!)]).toEqual(['acme', '2026-11-20', { message: 'next' }]);
    expect(await redis.hexists(KEY, 'table:stays')).toBe(0);
  });

  it('replaces what an earlier run or another worker left', async () => {
    await redis.hset(KEY, 'table:gone', '{}', 'stage', 'merging');
    await target.write(dayProgress({ tables: ['orders'] }));
    expect(Object.keys(await redis.hgetall(KEY)).filter((name) => name.startsWith('table:'))).toEqual([
      'table:orders',
    ]);
  });

  it('keeps the stream short, however much happens', async () => {
    for (let step = 0; step < 12_000; step++) await target.write(dayProgress({ message: String(step) }));
    const length = await redis.xlen(STREAM);
    expect(length).toBeGreaterThanOrEqual(10_000);
    expect(length).toBeLessThan(10_500);
  });

  it('is complete again after Redis hung: the write that got no answer ends, and the next one says everything', async () => {
    await target.write(dayProgress({ tables: ['orders'] }));
    server.freeze();
    await expect(target.write(dayProgress({ tables: ['orders'], message: 'unseen' }))).rejects.toThrow();
    server.thaw();
    await expect
      .poll(
        () =>
          target.write(dayProgress({ tables: ['stays'], message: 'seen' })).then(
            () => 'written',
            (error: Error) => error.message,
          ),
        { timeout: 15_000 },
      )
      .toBe('written');
    expect(await redis.hgetall(KEY)).toMatchObject({ message: 'seen' });
    expect(Object.keys(await redis.hgetall(KEY)).filter((name) => name.startsWith('table:'))).toEqual([
      'table:stays',
    ]);
  });
});

describe('a Redis that does not work', () => {
  it('because it is full: every update is refused, counted, and touches nobody', async () => {
    await start('--maxmemory', '1', '--maxmemory-policy', 'noeviction');
    const troubles: string[] = [];
    const mirror = new ProgressMirror(target, (error) => troubles.push((error as Error).message));
    for (let day = 0; day < 5; day++) mirror.report(dayProgress({ date: `2026-11-0${day}` }));
    await expect.poll(() => mirror.counts.dropped, { timeout: 10_000 }).toBe(5);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain('OOM');
    await mirror.close();
  });

  it('because it is not there: the same', async () => {
    await start();
    const nowhere = new ProgressMirror(
      new RedisTarget(`redis://127.0.0.1:${await freePort()}`),
      () => undefined,
    );
    nowhere.report(dayProgress());
    await nowhere.close();
    expect(nowhere.counts).toEqual({ written: 0, dropped: 1, superseded: 0 });
  });
});
