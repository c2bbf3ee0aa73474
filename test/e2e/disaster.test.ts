import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../src/config/partner-config.js';
import type { FaultSpecInput } from '../../src/store/faults/fault-spec.js';
import { TemporalProcess } from '../chaos/support/temporal-process.js';
import { archiveReads, Deployment } from '../support/deployment.js';
import { landedArchives, readIndependently } from '../support/independent-read.js';
import { generateLanding } from '../support/landing.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'room_rates', 'stays', 'guests'];
const LANDING = { partner: 'acme', date: DATE, archives: 24, tables: TABLES, driftEvery: 5 };

let directory: string;
const servers: TemporalProcess[] = [];
let deployment: Deployment;

async function newServer(name: string): Promise<TemporalProcess> {
  await mkdir(join(directory, name));
  const server = await TemporalProcess.start(join(directory, name));
  servers.push(server);
  return server;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'partnerday-disaster-'));
});
afterAll(async () => {
  await deployment?.stop();
  for (const server of servers) await server.kill();
  await rm(directory, { recursive: true, force: true });
});

it("Temporal's database lost after extraction: a new server and the same store complete the day, and no archive is read and no merged table merged again", async () => {
  const lost = await newServer('lost');
  deployment = await Deployment.create(lost);
  await deployment.partner('acme', 'policies: {heartbeat: 3s}\n');
  await generateLanding(deployment.store, LANDING);
  // The second table never gets its receipt: the day cannot end before the disaster.
  const faults: FaultSpecInput = {
    log: join(directory, 'faults.jsonl'),
    rules: [{ verb: 'put', key: '/v1/merged/', calls: [2], fault: 'hang' }],
  };
  await writeFile(join(directory, 'faults.json'), JSON.stringify(faults));
  const worker = await deployment.startWorker({
    PARTNERDAY_FAULTS: join(directory, 'faults.json'),
    PARTNERDAY_MERGE_SLOTS: '1',
  });
  expect((await deployment.run('run', 'acme', DATE)).code).toBe(0);
  const receipts = () =>
    deployment.calls().filter(({ verb, key }) => verb === 'put' && key.includes('/v1/merged/'));
  await deployment.until('one table merged and another about to be', () => receipts().length >= 2);
  const [merged] = receipts().map(({ key }) => key.slice(key.lastIndexOf('/') + 1, -'.json'.length));
  const died = once(worker, 'exit');
  worker.kill('SIGKILL');
  await died;
  await lost.kill();
  await rm(join(directory, 'lost'), { recursive: true });
  const before = deployment.calls();
  expect(archiveReads(before).size).toBe(LANDING.archives);

  deployment.temporal = await newServer('new');
  await deployment.startWorker();
  const run = await deployment.run('run', 'acme', DATE, '--wait');
  expect(run.code, run.stderr).toBe(0);

  const after = deployment.calls().slice(before.length);
  expect([...archiveReads(after).keys()]).toEqual([]);
  const written = after.filter(({ verb }) => ['put', 'createUpload', 'completeUpload'].includes(verb));
  expect(written.filter(({ key }) => key.endsWith('/manifest.json'))).toEqual([]);
  expect(written.filter(({ key }) => key.endsWith(`/${merged}.csv`))).toEqual([]);
  for (const table of TABLES.filter((name) => name !== merged))
    expect(
      written.filter(({ key }) => key.endsWith(`/merged/${table}.json`)),
      table,
    ).toHaveLength(1);

  const verified = await deployment.run('verify', 'acme', DATE);
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
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
