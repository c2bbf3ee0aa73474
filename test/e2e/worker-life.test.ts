import { once } from 'node:events';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { partnerDayId } from '../../src/workflows/names.js';
import { Deployment } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startCli } from '../support/real-cli.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';

describe('a worker', () => {
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

  it('that gets SIGTERM hands a waiting day over at once, and the day goes on elsewhere', async () => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    await deployment.partner('acme', 'sources:\n  - marker: _SUCCESS\n');
    await generateLanding(deployment.store, { partner: 'acme', date: DATE, archives: 4 });
    const first = await deployment.startWorker();
    expect((await deployment.run('arrive', 'acme', DATE)).code).toBe(0);
    await deployment.until('a listing', (calls) =>
      calls.some(({ verb, key }) => verb === 'list' && key.includes('landing/acme')),
    );
    first.kill('SIGTERM');
    const [code] = await once(first, 'exit');
    expect(code).toBe(0);
    await deployment.startWorker();
    const complete = await deployment.run('arrive', 'acme', DATE, '--complete');
    expect(complete.code, complete.stderr).toBe(0);
    expect(await temporal.client.workflow.getHandle(partnerDayId('acme', DATE)).result()).toMatchObject({
      version: 1,
    });
  });

  it('does as the plain Temporal CLI says: a signal typed by hand completes the day', async () => {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    await deployment.partner('byhand', '');
    await generateLanding(deployment.store, { partner: 'byhand', date: DATE, archives: 2 });
    await deployment.startWorker();
    expect((await deployment.run('arrive', 'byhand', DATE)).code).toBe(0);
    const id = partnerDayId('byhand', DATE);
    const input = JSON.stringify({ source: 'main', archives: 2 });
    const args = [
      'workflow',
      'signal',
      '-w',
      id,
      '--name',
      'sourceComplete',
      '--input',
      input,
      '--address',
      temporal.address,
    ];
    await promisify(execFile)((await ensureTemporal()).path, args);
    expect(await temporal.client.workflow.getHandle(id).result()).toMatchObject({
      version: 1,
      status: 'published',
    });
  });

  it('that cannot reach Temporal says so and ends with 3, to be started again', async () => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    const env = { ...deployment.env, TEMPORAL_ADDRESS: '127.0.0.1:9' };
    const worker = await startCli(['worker', '--config', deployment.dir], { cwd: deployment.dir, env })
      .result;
    expect(worker.code, worker.stderr).toBe(3);
    expect(worker.stderr).toContain('Temporal does not answer: Connection refused');
  });

  it('refuses to start without its search attributes, and says how to register them', async () => {
    const bare = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path: (await ensureTemporal()).path } },
    });
    try {
      const deployment = await Deployment.create(bare);
      open.push(deployment);
      const worker = await deployment.run('worker');
      expect(worker.code).toBe(3);
      expect(worker.stderr).toContain('temporal operator search-attribute create');
    } finally {
      await bare.teardown();
    }
  });
});
