import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveReads, Deployment } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const WAITING = '2026-11-21';
const RETENTION =
  'retention: {extractDays: 0, versions: 1, quarantineDays: 0}\npolicies: {requeue: {rounds: 0}}\n';

describe('partnerday sweep', () => {
  let temporal: TestWorkflowEnvironment;
  let deployment: Deployment;
  beforeAll(async () => {
    temporal = await startTemporal();
    deployment = await Deployment.create(temporal);
    await deployment.partner('acme', `${RETENTION}sources:\n  - marker: _SUCCESS\n`);
    await deployment.partner('beta', '');
    for (const partner of ['acme', 'beta'])
      await generateLanding(deployment.store, { partner, date: DATE, archives: 3, archiveBytes: 2_000 });
    await deployment.startWorker();
    for (const partner of ['acme', 'beta'])
      expect((await deployment.run('run', partner, DATE, '--wait')).code).toBe(0);
  });
  afterAll(async () => {
    await deployment?.stop();
    await temporal?.teardown();
  });

  const sweep = async (...args: string[]) => {
    const { code, stdout, stderr } = await deployment.run('sweep', ...args, '-o', 'json');
    return { code, stderr, json: JSON.parse(stdout) as { objects: number; days: Record<string, unknown>[] } };
  };

  it('leaves a running day alone, says what it would delete, deletes that, and the day still verifies', async () => {
    await generateLanding(deployment.store, {
      partner: 'acme',
      date: WAITING,
      archives: 2,
      archiveBytes: 2_000,
    });
    expect((await deployment.run('arrive', 'acme', WAITING)).code).toBe(0);
    await deployment.until('archives of the day that waits', (calls) =>
      calls.some(({ verb, key }) => verb === 'put' && key.startsWith(`acme/${WAITING}/extract/`)),
    );
    const wouldDelete = await sweep('--dry-run');
    expect(wouldDelete.stderr).toContain('nothing was deleted');
    expect(wouldDelete.json.days).toMatchObject([
      { partner: 'acme', date: DATE, state: 'swept' },
      { partner: 'acme', date: WAITING, state: 'running', objects: [] },
    ]);
    const swept = await sweep();
    expect(swept.json.objects).toBe(wouldDelete.json.objects);
    expect(swept.json.objects).toBeGreaterThan(3);
    expect((await sweep()).json.objects).toBe(0);
    expect((await deployment.run('verify', 'acme', DATE)).code).toBe(0);

    const trace = await deployment.run('trace', 'acme', DATE, 'orders', '--row', '1');
    expect(trace.code).toBe(1);
    expect(trace.stderr).toContain('retention.extractDays');
    expect(trace.stderr).not.toContain('    at ');
  });

  it('is made good by the next merge, which reads the archives again', async () => {
    const before = archiveReads(deployment.calls());
    await generateLanding(deployment.store, {
      partner: 'acme',
      date: DATE,
      archives: 4,
      archiveBytes: 2_000,
    });
    expect((await deployment.run('run', 'acme', DATE, '--wait')).code).toBe(0);
    const after = archiveReads(deployment.calls());
    expect(after.size).toBeGreaterThan(before.size);
    expect((await deployment.run('verify', 'acme', DATE)).code).toBe(0);
  });

  it('needs Temporal, which alone knows what is running', async () => {
    const { code, stderr } = await deployment.run('sweep', 'acme', '--dry-run');
    expect(code, stderr).toBe(0);
    const elsewhere = await Deployment.create(temporal, {
      PARTNERDAY_STORE: `file://${deployment.store}`,
    });
    try {
      await elsewhere.partner('acme', RETENTION);
      Object.defineProperty(elsewhere, 'env', {
        value: { ...elsewhere.env, TEMPORAL_ADDRESS: '127.0.0.1:1' },
      });
      expect((await elsewhere.run('sweep', 'acme')).code).toBe(3);
    } finally {
      await elsewhere.stop();
    }
  });
});
