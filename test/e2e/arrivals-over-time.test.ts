import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { partnerDayId } from '../../src/workflows/names.js';
import { Deployment, type StoreCall } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const ARCHIVES = 12;

let temporal: TestWorkflowEnvironment;
let deployment: Deployment;
beforeAll(async () => {
  temporal = await startTemporal();
  deployment = await Deployment.create(temporal);
});
afterAll(async () => {
  await deployment?.stop();
  await temporal?.teardown();
});

it('archives that arrive over time have been read when the day is complete: after that no byte of one is', async () => {
  await deployment.partner('acme', 'sources:\n  - marker: _SUCCESS\n    settle: 100ms\n');
  await deployment.startWorker();
  const arrive = await deployment.run('arrive', 'acme', DATE);
  expect(arrive.code, arrive.stderr).toBe(0);
  const { archives } = await generateLanding(join(deployment.dir, 'elsewhere'), {
    partner: 'acme',
    date: DATE,
    archives: ARCHIVES,
  });
  await mkdir(dirname(join(deployment.store, archives[0]!.key)), { recursive: true });
  const committed = (calls: StoreCall[]) =>
    calls.filter(({ verb, key }) => verb === 'put' && key.endsWith('/manifest.json')).length;
  for (const [index, { path, key }] of archives.entries()) {
    await rename(path, join(deployment.store, key));
    // In three lots, each of which is read while nothing more comes.
    if ((index + 1) % (ARCHIVES / 3) !== 0) continue;
    await deployment.until(`${index + 1} committed archives`, (calls) => committed(calls) === index + 1);
  }
  const before = deployment.calls().length;
  await writeFile(join(deployment.store, `landing/acme/${DATE}/_SUCCESS`), '');
  expect(await temporal.client.workflow.getHandle(partnerDayId('acme', DATE)).result()).toMatchObject({
    version: 1,
    failedTables: [],
  });
  const after = deployment.calls().slice(before);
  expect(after.filter(({ verb, key }) => /^get/.test(verb) && key.endsWith('.tar.gz'))).toEqual([]);
  expect(committed(after)).toBe(0);
  expect(after.some(({ verb, key }) => verb === 'put' && key.endsWith('/published.json'))).toBe(true);
});
