import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../src/config/partner-config.js';
import type { FaultSpecInput } from '../../src/store/faults/fault-spec.js';
import { archiveReads, Deployment, type StoreCall } from '../support/deployment.js';
import { landedArchives, readIndependently } from '../support/independent-read.js';
import { generateLanding } from '../support/landing.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'stays'];
const ARCHIVES = 160;
/** A store far away: workers wait for it, so that more of them are faster even on one core. */
const LATENCY_MS = 400;
const JOIN_AT = 30;
const LEAVE_AT = 90;

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

const commits = (calls: readonly StoreCall[]) =>
  calls.filter(({ verb, key }) => verb === 'put' && key.endsWith('/manifest.json'));

it('two workers, then four, then two again: all of them work, those that leave hand over, and no archive is read twice', async () => {
  await deployment.partner('acme', '');
  await generateLanding(deployment.store, {
    partner: 'acme',
    date: DATE,
    archives: ARCHIVES,
    archiveBytes: 20_000,
    tables: TABLES,
    driftEvery: 9,
  });
  const far: FaultSpecInput = {
    log: join(deployment.dir, 'faults.jsonl'),
    rules: [{ verb: 'get', key: '^landing/', fault: 'slow', ms: LATENCY_MS }],
  };
  await writeFile(join(deployment.dir, 'faults.json'), JSON.stringify(far));
  const start = () =>
    deployment.startWorker({
      PARTNERDAY_FAULTS: join(deployment.dir, 'faults.json'),
      PARTNERDAY_EXTRACT_SLOTS: '1',
    });

  const stay = await Promise.all([start(), start()]);
  const run = deployment.run('run', 'acme', DATE, '--wait');
  await deployment.until('work under way', (calls) => commits(calls).length >= JOIN_AT);
  const guests = await Promise.all([start(), start()]);
  const joined = Date.now();
  const worksNow = ({ pid }: ChildProcess, calls: readonly StoreCall[]) =>
    commits(calls).some((call) => call.pid === pid);
  await deployment.until(
    'four workers at work',
    (calls) => commits(calls).length >= LEAVE_AT && guests.every((guest) => worksNow(guest, calls)),
  );
  const left = Date.now();
  const ends = guests.map((guest) => once(guest, 'exit'));
  for (const guest of guests) guest.kill('SIGTERM');
  expect(await Promise.all(ends)).toEqual([
    [0, null],
    [0, null],
  ]);
  const gone = Date.now();
  const atLeaving = deployment.calls();
  expect(commits(atLeaving).length).toBeLessThan(ARCHIVES);

  const result = await run;
  expect(result.code, result.stderr).toBe(0);
  const calls = deployment.calls();
  const reads = archiveReads(calls);
  expect(reads.size).toBe(ARCHIVES);
  expect([...reads].filter(([, count]) => count > 1)).toEqual([]);
  expect(commits(calls)).toHaveLength(ARCHIVES);
  const pids = new Set(commits(calls.slice(atLeaving.length)).map(({ pid }) => pid));
  expect(pids).toEqual(new Set(stay.map(({ pid }) => pid)));

  const ledger = JSON.parse(
    await readFile(join(deployment.store, 'acme', DATE, 'v1', 'ledger.json'), 'utf8'),
  );
  expect(ledger.holds).toBe(true);
  const reading = await readIndependently({
    archives: await landedArchives(deployment.store, 'acme', DATE),
    date: DATE,
    config: partnerConfigSchema.parse({ id: 'acme' }),
    published: Object.fromEntries(
      TABLES.map((table) => [table, join(deployment.store, 'acme', DATE, 'v1', `${table}.csv`)]),
    ),
  });
  for (const table of TABLES) expect(reading.tables[table]!.difference, table).toBeNull();

  const times = commits(calls).map(({ at }) => at);
  const pace = (from: number, to: number) => {
    const count = times.filter((at) => at >= from && at < to).length;
    return `${(count / ((to - from) / 1_000)).toFixed(1)} archives/s (${count})`;
  };
  console.log(
    `two workers ${pace(times[0]!, joined)}, four ${pace(joined, left)}, two again ${pace(gone, times.at(-1)! + 1)}`,
  );
});
