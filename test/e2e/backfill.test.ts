import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backfillId } from '../../src/workflows/names.js';
import { Deployment } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATES = ['2026-11-18', '2026-11-19', '2026-11-20'];
const RANGE = ['--from', '2026-11-17', '--to', '2026-11-20'];

let temporal: TestWorkflowEnvironment;
let deployment: Deployment;
beforeAll(async () => {
  temporal = await startTemporal();
  deployment = await Deployment.create(temporal);
  await deployment.partner('acme', 'sources:\n  - settle: 100ms\n');
  for (const date of DATES) await generateLanding(deployment.store, { partner: 'acme', date, archives: 2 });
});
afterAll(async () => {
  await deployment?.stop();
  await temporal?.teardown();
});

it('a backfill is not lost with the command that began it, and the same command joins it', async () => {
  const dry = await deployment.run('backfill', 'acme', ...RANGE, '--dry-run');
  expect(dry.code, dry.stderr).toBe(0);
  expect(dry.stdout).toMatch(/^2026-11-17 {2}nothing landed +0 {2}needs no run$/m);
  expect(dry.stdout).toMatch(/^2026-11-18 {2}never run +2 {2}waiting$/m);
  expect(dry.stderr).toContain('nothing was started');

  // No worker is there yet: the command can only wait.
  const command = deployment.spawn('backfill', 'acme', ...RANGE, '--wait');
  const handle = temporal.client.workflow.getHandle(backfillId('acme', '2026-11-17', '2026-11-20'));
  const status = () =>
    handle.describe().then(
      ({ status }) => status.name,
      () => 'not yet',
    );
  await expect.poll(status, { timeout: 30_000 }).toBe('RUNNING');
  command.kill('SIGKILL');
  await deployment.startWorker();

  const joined = await deployment.run('backfill', 'acme', ...RANGE, '--wait', '-o', 'json');
  expect(joined.code, joined.stderr).toBe(0);
  expect(joined.stderr).toContain('joining it');
  const { days } = JSON.parse(joined.stdout);
  expect(days.map(({ date, state }: { date: string; state: string }) => [date, state])).toEqual([
    ['2026-11-17', 'not-due'],
    ...DATES.map((date) => [date, 'published']),
  ]);

  const again = await deployment.run('backfill', 'acme', ...RANGE, '--wait');
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout).toContain('4 days; none needs a run');
});

it.each([
  [['--from', '2026-11-20', '--to', '2026-11-17'], 'is after --to'],
  [
    ['--from', '2024-01-01', '--to', '2026-11-17'],
    'more than 400 days: split the range, e.g. --to 2025-02-03',
  ],
  [['--from', '2026-11-31', '--to', '2026-12-01'], 'calendar date that exists'],
  [['--from', '2026-11-17', '--to', '2026-11-20', '--parallel', '0'], '--parallel: expected a number from 1'],
  [['--from', '2026-11-17'], '--to'],
])('refuses %j and says why', async (options, why) => {
  const { code, stderr } = await deployment.run('backfill', 'acme', ...options);
  expect(code).toBe(2);
  expect(stderr).toContain(why);
});
