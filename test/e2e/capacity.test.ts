import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Deployment, type StoreCall } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'stays'];

let temporal: TestWorkflowEnvironment;
let s3: Versitygw;
const open: Deployment[] = [];

beforeAll(async () => {
  [temporal, s3] = await Promise.all([startTemporal(), startVersitygw()]);
}, 120_000);
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.stop();
});
afterAll(async () => {
  await s3?.stop();
  await temporal?.teardown();
});

const READS = ['head', 'get', 'getBytes', 'listParts'];
const WRITES = ['put', 'createUpload', 'uploadPart', 'copyPart', 'completeUpload'];
const count = (calls: readonly StoreCall[], verbs: readonly string[]) =>
  calls.filter(({ verb }) => verbs.includes(verb)).length;

it.each([
  ['small archives, whose ranges pass through a worker', 'small', 40, 200_000],
  ['large ones, whose ranges the store copies', 'large', 4, 12_000_000],
])(
  'the capacity model knows within a fifth what a day asks of the store: %s',
  async (_what, partner, archives, archiveBytes) => {
    const deployment = await Deployment.create(temporal, {
      PARTNERDAY_STORE: `s3://${s3.bucket}`,
      ...s3.env,
    });
    open.push(deployment);
    await deployment.partner(partner, '');
    const landing = await generateLanding(join(s3.dataDir, s3.bucket), {
      partner,
      date: DATE,
      archives,
      archiveBytes,
      tables: TABLES,
    });
    await deployment.startWorker();
    const run = await deployment.run('run', partner, DATE, '--wait');
    expect(run.code, run.stderr).toBe(0);
    const landed = landing.archives.reduce((sum, { bytes }) => sum + bytes, 0);
    const published = TABLES.map((table) => join(s3.dataDir, s3.bucket, partner, DATE, 'v1', `${table}.csv`));
    const csv = (await Promise.all(published.map((path) => stat(path)))).reduce(
      (sum, { size }) => sum + size,
      0,
    );
    const { stdout } = spawnSync(
      process.execPath,
      [
        'scripts/capacity.mjs',
        ...['--archives', String(archives), '--archive-mb', String(landed / archives / 1e6)],
        ...['--tables', String(TABLES.length), '--ratio', String(csv / landed)],
      ],
      { encoding: 'utf8' },
    );
    const predicted: { reads: number; writes: number } = JSON.parse(stdout);
    const calls = deployment.calls();
    const measured = { reads: count(calls, READS), writes: count(calls, WRITES) };
    for (const kind of ['reads', 'writes'] as const) {
      expect(
        measured[kind] / predicted[kind],
        `${kind}: ${measured[kind]}, model ${predicted[kind]}`,
      ).toBeGreaterThan(0.8);
      expect(
        measured[kind] / predicted[kind],
        `${kind}: ${measured[kind]}, model ${predicted[kind]}`,
      ).toBeLessThan(1.25);
    }
  },
);
