import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { announceId } from '../../src/workflows/names.js';
import { Deployment } from '../support/deployment.js';
import { startTemporal } from '../support/temporal-server.js';
import { WebhookDouble } from '../support/webhook-double.js';

const DATE = '2026-11-20';
const SETTINGS = 'alerts:\n  hosts: ["127.0.0.1"]\n  privateNetwork: true\n';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = await startTemporal();
});
afterAll(async () => {
  await temporal?.teardown();
});

it('an alert is not sent again by the worker that takes over from one that was killed after sending it', async () => {
  const deployment = await Deployment.create(temporal);
  const slack = await WebhookDouble.start(200);
  try {
    await deployment.partner('acme', 'policies:\n  heartbeat: 3s\n');
    await writeFile(join(deployment.dir, 'partnerday.yaml'), SETTINGS);
    const landing = join(deployment.store, 'landing', 'acme', DATE);
    await mkdir(landing, { recursive: true });
    await writeFile(join(landing, 'a.tar.gz'), 'this is no archive');
    const env = { PARTNERDAY_SLACK_WEBHOOK: slack.url.href };
    const first = await deployment.startWorker(env);
    const killed = new Promise<void>((resolve) => {
      slack.onMessage = async () => {
        first.kill('SIGKILL');
        await new Promise((dead) => first.once('exit', dead));
        resolve();
      };
    });
    const run = deployment.run('run', 'acme', DATE, '--wait', '--timeout', '60s', '-o', 'json');
    await killed;
    await deployment.startWorker(env);
    // The day and its alert are workflows of their own: both end.
    expect((await run).stdout).toContain('"version": 1');
    await temporal.client.workflow.getHandle(announceId('acme', DATE, 'v1')).result();
    expect(slack.received).toHaveLength(1);
    const shown = await deployment.run('report', 'acme', '--date', DATE, '-o', 'html');
    expect(shown.stdout).toContain('not confirmed');
  } finally {
    await deployment.stop();
    await slack.stop();
  }
});
