import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../src/config/partner-config.js';
import { partnerDayId } from '../../src/workflows/names.js';
import { archiveReads, Deployment, publishedHashes } from '../support/deployment.js';
import { landedArchives, readIndependently } from '../support/independent-read.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'room_rates', 'stays', 'guests', 'prices', 'cities'];
/** Quick detection of a lost worker; everything else as a partner gets it by default. */
const FAST = 'policies:\n  heartbeat: 3s\n';
const LANDING = {
  partner: 'acme',
  date: DATE,
  archives: 48,
  archiveBytes: 1_000_000,
  tables: TABLES,
  driftEvery: 7,
};

describe('a worker killed with SIGKILL', () => {
  let temporal: TestWorkflowEnvironment;
  let undisturbed: Record<string, string>;
  const open: Deployment[] = [];

  const deploy = async () => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    await deployment.partner('acme', FAST);
    await generateLanding(deployment.store, LANDING);
    return deployment;
  };

  beforeAll(async () => {
    temporal = await startTemporal();
    const deployment = await deploy();
    await deployment.startWorker();
    const run = await deployment.run('run', 'acme', DATE, '--wait', '-o', 'json');
    expect(run.stderr + run.stdout).toContain('published');
    undisturbed = await publishedHashes(deployment.store, 'acme', DATE);
    expect(Object.keys(undisturbed)).toHaveLength(TABLES.length);
    await deployment.stop();
    // The same day is run again below: its id must be free.
    open.length = 0;
  }, 180_000);
  afterEach(async () => {
    for (const deployment of open.splice(0)) await deployment.stop();
  });
  afterAll(async () => {
    await temporal?.teardown();
  });

  it('in the middle of extraction and again in the middle of a merge loses and doubles nothing, and reads no committed archive again', async () => {
    const deployment = await deploy();
    const first = await deployment.startWorker();
    const run = deployment.run('run', 'acme', DATE, '--wait', '-o', 'json');
    const committed = (calls: { verb: string; key: string }[]) =>
      calls.filter(({ verb, key }) => verb === 'put' && key.endsWith('/manifest.json')).length;
    await deployment.until('10 committed archives', (calls) => committed(calls) >= 10);
    first.kill('SIGKILL');
    const committedAtKill = committed(deployment.calls());
    expect(committedAtKill).toBeLessThan(LANDING.archives);

    const second = await deployment.startWorker();
    await deployment.until('a merge', (calls) =>
      calls.some(({ verb, key }) => verb === 'createUpload' && key.includes('/v1/')),
    );
    second.kill('SIGKILL');
    const receipts = deployment
      .calls()
      .filter(({ verb, key }) => verb === 'put' && key.includes('/merged/')).length;
    expect(receipts).toBeLessThan(TABLES.length);

    await deployment.startWorker();
    const result = await run;
    expect(result.code, result.stderr).toBe(0);
    expect(await publishedHashes(deployment.store, 'acme', DATE)).toEqual(undisturbed);

    const reads = archiveReads(deployment.calls());
    expect(reads.size).toBe(LANDING.archives);
    const again = [...reads.values()].filter((count) => count > 1);
    // Only what was in flight when the worker died: at most one archive per slot.
    expect(again.length).toBeLessThanOrEqual(2);
    expect(Math.max(...reads.values())).toBeLessThanOrEqual(2);

    const reading = await readIndependently({
      archives: await landedArchives(deployment.store, 'acme', DATE),
      date: DATE,
      config: partnerConfigSchema.parse({ id: 'acme' }),
      published: Object.fromEntries(
        TABLES.map((table) => [table, join(deployment.store, 'acme', DATE, 'v1', `${table}.csv`)]),
      ),
    });
    for (const table of TABLES) expect(reading.tables[table]!.difference, table).toBeNull();
  });

  it.each([1, 4])(
    'is not needed for equal bytes: archives landing in shuffled order, over time, and %i workers give the same tables',
    async (workers) => {
      const deployment = await Deployment.create(temporal);
      open.push(deployment);
      await deployment.partner('acme', `${FAST}sources:\n  - marker: _SUCCESS\n`);
      const elsewhere = join(deployment.dir, 'elsewhere');
      const { archives } = await generateLanding(elsewhere, LANDING);
      for (let worker = 0; worker < workers; worker++) await deployment.startWorker();
      // The day begins before anything has landed.
      const arrive = await deployment.run('arrive', 'acme', DATE);
      expect(arrive.code, arrive.stderr).toBe(0);
      await mkdir(dirname(join(deployment.store, archives[0]!.key)), { recursive: true });
      const shuffled = archives.map((archive, index) => ({ archive, rank: (index * 29) % archives.length }));
      for (const { archive } of shuffled.sort((a, b) => a.rank - b.rank)) {
        await rename(archive.path, join(deployment.store, archive.key));
        await pause(50);
      }
      await deployment.until(
        'extraction before the day is complete',
        (calls) => archiveReads(calls).size > 0,
      );
      await writeFile(join(deployment.store, `landing/acme/${DATE}/_SUCCESS`), '');
      await temporal.client.workflow.getHandle(partnerDayId('acme', DATE)).result();
      expect(await publishedHashes(deployment.store, 'acme', DATE)).toEqual(undisturbed);
    },
  );
});
