import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isWrite, type StoreVerb } from '../../src/store/store-verb.js';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { partnerDayId } from '../../src/workflows/names.js';
import { Deployment, type StoreCall } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const NAME = 'partnerday';
const [RUNNING_DAY, NEW_DAY] = ['2026-11-19', '2026-11-20'];

let temporal: TestWorkflowEnvironment;
let deployment: Deployment;
beforeAll(async () => {
  temporal = await startTemporal();
  deployment = await Deployment.create(temporal);
  await deployment.partner('acme', 'sources:\n  - marker: _SUCCESS\n    settle: 100ms\n');
});
afterAll(async () => {
  await deployment?.stop();
  await temporal?.teardown();
});

/** New days go to this build from now on. */
async function setCurrent(buildId: string): Promise<void> {
  const { path } = await ensureTemporal();
  const args = ['worker', 'deployment', 'set-current-version', '--address', temporal.address, '--yes'];
  const version = ['--deployment-name', NAME, '--build-id', buildId];
  await expect
    .poll(() => promisify(execFile)(path, [...args, ...version]).then(() => 'set', String), {
      timeout: 30_000,
    })
    .toBe('set');
}

async function deploy(buildId: string): Promise<number> {
  const env = { TEMPORAL_DEPLOYMENT_NAME: NAME, TEMPORAL_WORKER_BUILD_ID: buildId };
  const { pid } = await deployment.startWorker(env);
  await setCurrent(buildId);
  return pid!;
}

const day = (date: string) => temporal.client.workflow.getHandle(partnerDayId('acme', date));
const isArchiveRead = ({ verb, key }: StoreCall) => verb === 'get' && key.startsWith('landing/');
const complete = (date: string) => writeFile(join(deployment.store, `landing/acme/${date}/_SUCCESS`), '');
const of = (date: string) => (call: StoreCall) => call.key.includes(`acme/${date}`);

/** Build ids of the workers that have worked at the day's own workflow. */
async function buildsOf(date: string): Promise<string[]> {
  const { events } = await day(date).fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
    done ? [done.deploymentVersion?.buildId ?? 'none'] : [],
  );
  return [...new Set(builds)];
}

it('new workers deployed while a day runs get the new days; the running one ends on the workers it began with', async () => {
  const before = await deploy('build-1');
  await generateLanding(deployment.store, { partner: 'acme', date: RUNNING_DAY, archives: 4 });
  expect((await deployment.run('arrive', 'acme', RUNNING_DAY)).code).toBe(0);
  await deployment.until('the first archive', (calls) =>
    calls.some((call) => of(RUNNING_DAY)(call) && call.key.endsWith('/manifest.json')),
  );

  const after = await deploy('build-2');
  await generateLanding(deployment.store, { partner: 'acme', date: NEW_DAY, archives: 4 });
  await complete(NEW_DAY);
  expect((await deployment.run('arrive', 'acme', NEW_DAY)).code).toBe(0);
  expect(await day(NEW_DAY).result()).toMatchObject({ version: 1, failedTables: [] });
  expect((await day(RUNNING_DAY).describe()).status.name).toBe('RUNNING');
  await complete(RUNNING_DAY);
  expect(await day(RUNNING_DAY).result()).toMatchObject({ version: 1, failedTables: [] });

  expect(await buildsOf(RUNNING_DAY)).toEqual(['build-1']);
  expect(await buildsOf(NEW_DAY)).toEqual(['build-2']);
  // Not only workflow code: every archive, table and publication was the work of one build. (Other days look at what is
  // published of it.)
  const workers = (date: string) => [
    ...new Set(
      deployment
        .calls()
        .filter((call) => of(date)(call) && (isWrite(call.verb as StoreVerb) || isArchiveRead(call)))
        .map(({ pid }) => pid),
    ),
  ];
  expect(workers(RUNNING_DAY)).toEqual([before]);
  expect(workers(NEW_DAY)).toEqual([after]);

  // What comes later for the old day is a new run, and a matter of the new build.
  await generateLanding(deployment.store, { partner: 'acme', date: RUNNING_DAY, archives: 5 });
  const run = await deployment.run('run', 'acme', RUNNING_DAY, '--wait', '-o', 'json');
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ version: 2 });
  expect(await buildsOf(RUNNING_DAY)).toEqual(['build-2']);
});
