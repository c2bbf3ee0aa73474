import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChaosDay } from './support/chaos-day.js';
import { checkDay, isSound } from './support/check-day.js';
import { undisturbed } from './support/fault-schedule.js';
import type { HttpFaultKind } from './support/http-faults.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { readFoundDay } from './support/read-found-day.js';
import { S3UnderTest } from './support/store-under-test.js';
import { TemporalProcess } from './support/temporal-process.js';

const DATE = '2026-11-20';
/** As many tries as a partner gets by default, sooner. */
const DEFAULT_TRIES = `
  extraction: {backoff: {initial: 20ms, max: 200ms}}
  merge: {backoff: {initial: 20ms, max: 200ms}}
  stage: {backoff: {initial: 20ms, max: 200ms}}
  requeue: {rounds: 0}`;
const ERRORS: readonly HttpFaultKind[] = ['500', '503 SlowDown', 'reset before', 'reset after'];
const RATE = 0.1;

let directory: string;
let temporal: TemporalProcess;
let s3: S3UnderTest;
let known: KnownDay;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'partnerday-store-errors-'));
  temporal = await TemporalProcess.start(directory);
  s3 = await S3UnderTest.start();
  known = await knownDay({
    date: DATE,
    seed: 8,
    archives: 8,
    tables: ['orders', 'guests', 'stays'],
    memberBytes: 600_000,
    bigMemberBytes: 9_000_000,
  });
});
afterAll(async () => {
  await s3?.stop();
  await temporal?.kill();
  await rm(directory, { recursive: true, force: true });
});

it('a day in which one request in ten fails gives nothing up, and makes at most three times the requests of a calm one', async () => {
  const calm = await requestsOf('calm', 0, 1);
  for (const seed of [1, 2, 3]) {
    const shaken = await requestsOf(`shaken-${seed}`, RATE, seed);
    console.log(
      `seed ${seed}: ${shaken.requests} requests, ${shaken.failed} of them failed; ${calm.requests} in a calm day (${(shaken.requests / calm.requests).toFixed(2)} times)`,
    );
    expect(shaken.failed).toBeGreaterThan(0.05 * calm.requests);
    expect(shaken.requests).toBeLessThanOrEqual(3 * calm.requests);
  }
});

/** Runs the day and expects everything of it in its first version. */
async function requestsOf(
  name: string,
  rate: number,
  seed: number,
): Promise<{ requests: number; failed: number }> {
  const schedule = { ...undisturbed(`errors-${name}`, false), seed, httpRate: rate };
  const day = await ChaosDay.prepare({
    temporal,
    s3,
    known,
    schedule,
    policies: DEFAULT_TRIES,
    httpFaults: ERRORS,
  });
  try {
    s3.takeRequests();
    await day.run();
    const requests = s3.takeRequests();
    const found = await day.withStore((store) => readFoundDay(store, day.partner, DATE));
    const own = Object.fromEntries([...found.tables].map(([table, { sha256 }]) => [table, sha256]));
    expect(isSound(checkDay(known.expected, found, own))).toBe(true);
    const published = await day.withStore(async (store) =>
      JSON.parse((await store.getBytes(`${day.partner}/${DATE}/published.json`)).toString()),
    );
    expect(published).toMatchObject({ version: 1, status: 'published' });
    return { requests, failed: day.http.length };
  } finally {
    await day.remove();
  }
}
