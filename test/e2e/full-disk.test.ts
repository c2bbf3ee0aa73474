import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Deployment } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { SmallDisk } from '../support/small-disk.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const MiB = 2 ** 20;
const QUICK = `policies:
  extraction: {tries: 2, backoff: {initial: 10ms, max: 10ms}}
  stage: {tries: 2, backoff: {initial: 10ms, max: 10ms}}
`;

let temporal: TestWorkflowEnvironment;
let disk: SmallDisk;
let deployment: Deployment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(async () => {
  await deployment?.stop();
  disk?.unmount();
  await temporal?.teardown();
});

it.runIf(SmallDisk.works())(
  'a day on a full disk ends with 3, says that there is no space and points to the doctor; with room it goes on where it was',
  async () => {
    disk = SmallDisk.mount(64 * MiB);
    deployment = await Deployment.create(temporal, { PARTNERDAY_STORE: pathToFileURL(disk.directory).href });
    await deployment.partner('acme', QUICK);
    await generateLanding(disk.directory, {
      partner: 'acme',
      date: DATE,
      archives: 4,
      archiveBytes: 500_000,
    });
    await mkdir(join(disk.directory, 'acme'));
    await deployment.startWorker();
    disk.fill();
    const full = await deployment.run('run', 'acme', DATE, '--wait', '-o', 'json');
    expect(full.code, full.stderr).toBe(3);
    expect(full.stdout + full.stderr).toContain('no space left on the device (ENOSPC)');
    expect(full.stderr).toContain('Next: partnerday doctor');
    expect(JSON.parse(full.stdout)).toMatchObject({ status: 'failed', version: null });

    disk.empty();
    const roomy = await deployment.run('run', 'acme', DATE, '--wait', '-o', 'json');
    expect(roomy.code, roomy.stderr).toBe(0);
    expect(JSON.parse(roomy.stdout)).toMatchObject({ status: 'published', version: 1 });
  },
);
