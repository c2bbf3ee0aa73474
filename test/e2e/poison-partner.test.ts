import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../src/demo/random.js';
import { Deployment, publishedHashes } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const POISONED = 60;

let temporal: TestWorkflowEnvironment;
const open: Deployment[] = [];
beforeAll(async () => {
  temporal = await startTemporal();
});
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.stop();
});
afterAll(async () => {
  await temporal?.teardown();
});

async function deploy(): Promise<Deployment> {
  const deployment = await Deployment.create(temporal);
  open.push(deployment);
  return deployment;
}

/** Archives of which each is bad in a way of its own, or nearly. */
async function landPoison(store: string, partner: string): Promise<void> {
  const directory = join(store, 'landing', partner, DATE);
  await mkdir(directory, { recursive: true });
  const random = seededRandom(1);
  for (let archive = 0; archive < POISONED; archive++) {
    const bytes = Buffer.from(Array.from({ length: 2_000 + archive }, () => random() * 256));
    // A gzip by its first bytes, an empty one, or nothing of the kind.
    if (archive % 3 === 0) bytes.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    const path = join(directory, `${archive}.tar.gz`);
    await writeFile(path, archive === 1 ? '' : bytes);
    await utimes(path, 1_700_000_000, 1_700_000_000);
  }
}

it('a partner of whom every archive is bad is told so, and the other’s day is as it would be without it', async () => {
  const other = { partner: 'good', date: DATE, archives: 6 };
  const alone = await deploy();
  await alone.partner('good', '');
  await generateLanding(alone.store, other);
  await alone.startWorker();
  expect((await alone.run('run', 'good', DATE, '--wait')).code).toBe(0);
  const undisturbed = await publishedHashes(alone.store, 'good', DATE);
  await alone.stop();
  open.length = 0;

  const beside = await deploy();
  await beside.partner('good', '');
  await beside.partner('poison', '');
  await generateLanding(beside.store, other);
  await landPoison(beside.store, 'poison');
  await beside.startWorker({ PARTNERDAY_EXTRACT_SLOTS: '1' });
  const [poisoned, good] = await Promise.all([
    beside.run('run', 'poison', DATE, '--wait', '-o', 'json'),
    beside.run('run', 'good', DATE, '--wait', '-o', 'json'),
  ]);
  expect(good.code, good.stderr).toBe(0);
  const day = JSON.parse(good.stdout);
  expect(day).toMatchObject({ version: 1, status: 'published' });
  // `run` does not wait for the sources; nothing else is said of the day.
  expect(day.findings.map(({ code }: { code: string }) => code)).toEqual(['day-unsigned']);
  expect(await publishedHashes(beside.store, 'good', DATE)).toEqual(undisturbed);

  const report = JSON.parse(poisoned.stdout);
  expect(report).toMatchObject({ tables: [], archives: { quarantined: POISONED } });
  expect(report.ledger.holds).toBe(true);
  const codes = new Set(report.findings.map(({ code }: { code: string }) => code));
  expect(codes).toContain('archive-not-gzip');
  expect(codes).toContain('archive-empty');
  expect(codes.has('archive-unreadable')).toBe(false);
  // Each was read again to be sure, and not a third time.
  const reads = beside.calls().filter(({ verb, key }) => verb === 'get' && key.startsWith('landing/poison/'));
  expect(reads).toHaveLength(2 * POISONED);
});
