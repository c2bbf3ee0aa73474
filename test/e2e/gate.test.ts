import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const HELD = 'quality: {holdOn: [day-unsigned]}\n';

describe('a version that is held', () => {
  let temporal: TestWorkflowEnvironment;
  let deployment: Deployment;
  beforeAll(async () => {
    temporal = await startTemporal();
    deployment = await Deployment.create(temporal);
    for (const partner of ['acme', 'beta']) {
      await deployment.partner(partner, HELD);
      await generateLanding(deployment.store, { partner, date: DATE, archives: 2, archiveBytes: 2_000 });
    }
    await deployment.startWorker();
  });
  afterAll(async () => {
    await deployment?.stop();
    await temporal?.teardown();
  });

  it('ends the waiting with exit code 1, and is published once somebody releases it and says why', async () => {
    const run = await deployment.run('run', 'acme', DATE, '--wait', '-o', 'json');
    expect(run.code, run.stderr).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ status: 'held', version: 1 });
    const held = await deployment.run('explain', 'acme', DATE);
    expect(held.stdout).toContain('held: there are findings of day-unsigned');
    expect(held.stdout).toContain(`partnerday decide acme ${DATE} release --why REASON`);

    expect((await deployment.run('decide', 'acme', DATE, 'release')).code).toBe(2);
    const decided = await deployment.run('decide', 'acme', DATE, 'release', '--why', 'known', '--by', 'kim');
    expect(decided, decided.stderr).toMatchObject({ code: 0, stdout: 'v1 is published\n' });
    const why = JSON.parse((await deployment.run('explain', 'acme', DATE, '-o', 'json')).stdout);
    expect(why).toMatchObject({
      status: 'published',
      decision: { action: 'release', by: 'kim', why: 'known' },
    });
    const again = await deployment.run('decide', 'acme', DATE, 'reject', '--why', 'too late');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('no version of acme 2026-11-20 waits for a decision');
  });

  it('stays unpublished once it is rejected', async () => {
    expect((await deployment.run('run', 'beta', DATE, '--wait')).code).toBe(1);
    const decided = await deployment.run('decide', 'beta', DATE, 'reject', '--why', 'half a day');
    expect(decided, decided.stderr).toMatchObject({ code: 0, stdout: 'v1 is rejected\n' });
    const explained = await deployment.run('explain', 'beta', DATE);
    expect(explained.stdout).toMatch(/v1 was rejected by .*: half a day/);
  });
});
