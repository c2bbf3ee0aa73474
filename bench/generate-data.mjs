#!/usr/bin/env node
import { createHash } from 'node:crypto';
/**
 * generate-data.mjs [SIZE...]      default: std
 *
 * Makes the archives of a size from a fixed seed and real tables: bench/data/{size}/landing/{partner}/{date}/*.tar.gz,
 * and truth.json beside them: what was put into them. Data that are there already are kept.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { prepareFlights } from './generate/source-rows.mjs';
import { Fingerprint } from './lib/fingerprint.mjs';
import { BENCH, dataOf, landingOf, truthOf } from './lib/paths.mjs';
import { sizeOf } from './lib/sizes.mjs';

const sizes = process.argv.slice(2);
for (const name of sizes.length > 0 ? sizes : ['std']) await generate(sizeOf(name));

async function generate(size) {
  const id = recipe(size);
  const there = readTruth(size.name);
  if (there?.id === id && isComplete(size.name, there)) {
    console.error(`data ${size.name}: ${describe(there)} (kept)`);
    return;
  }
  rmSync(dataOf(size.name), { recursive: true, force: true });
  mkdirSync(landingOf(size.name), { recursive: true });
  const started = performance.now();
  console.error(`data ${size.name}: making ${size.archives} archives in bench/data/${size.name}`);
  const parts = await buildAll(size, await prepareFlights());
  const truth = { id, size: size.name, archives: archivesOf(size.name), tables: sum(parts) };
  writeFileSync(`${truthOf(size.name)}.tmp`, `${JSON.stringify(truth, null, 2)}\n`);
  renameSync(`${truthOf(size.name)}.tmp`, truthOf(size.name));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`data ${size.name}: ${describe(truth)} in ${seconds} s`);
}

/** Archives are dealt to the threads one by one; which thread makes one changes nothing in it. */
async function buildAll(size, flightsPath) {
  const parts = [];
  let next = 0;
  let done = 0;
  const threads = Math.min(availableParallelism(), size.archives);
  const runs = Array.from(
    { length: threads },
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(join(BENCH, 'generate', 'worker.mjs'), {
          workerData: { size, flightsPath },
        });
        const deal = () => {
          if (next === size.archives) worker.postMessage(undefined);
          else worker.postMessage({ archive: next, path: archivePath(size.name, next++) });
        };
        worker.on('message', (part) => {
          parts.push(part);
          done++;
          if (done % Math.ceil(size.archives / 6) === 0)
            console.error(`  ... ${done} of ${size.archives} archives`);
          deal();
        });
        worker.once('error', reject);
        worker.once('exit', resolve);
        deal();
      }),
  );
  await Promise.all(runs);
  return parts;
}

function archivePath(size, number) {
  return join(landingOf(size), `drop-${String(number).padStart(4, '0')}.tar.gz`);
}

function sum(parts) {
  const tables = {};
  for (const part of parts) {
    for (const [name, { members, bytes, rows, content, nulls }] of Object.entries(part)) {
      tables[name] ??= { members: 0, bytes: 0, fingerprint: new Fingerprint(), nulls: {} };
      const table = tables[name];
      table.members += members;
      table.bytes += bytes;
      table.fingerprint.merge(rows, content);
      for (const [column, count] of Object.entries(nulls))
        table.nulls[column] = (table.nulls[column] ?? 0) + count;
    }
  }
  return Object.fromEntries(
    Object.entries(tables).map(([name, { fingerprint, ...rest }]) => [
      name,
      { ...rest, rows: fingerprint.rows, content: fingerprint.content },
    ]),
  );
}

function archivesOf(size) {
  return readdirSync(landingOf(size))
    .sort()
    .map((name) => ({ name, bytes: statSync(join(landingOf(size), name)).size }));
}

/** Changes with whatever changes the data. */
function recipe(size) {
  const hash = createHash('sha256').update(JSON.stringify(size));
  for (const file of [
    'generate/tables.mjs',
    'generate/build-archive.mjs',
    'generate/source-rows.mjs',
    'lib/random.mjs',
    'lib/fingerprint.mjs',
  ]) {
    hash.update(readFileSync(join(BENCH, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function readTruth(size) {
  return existsSync(truthOf(size)) ? JSON.parse(readFileSync(truthOf(size), 'utf8')) : undefined;
}

function isComplete(size, truth) {
  return truth.archives.every(({ name, bytes }) => {
    const path = join(landingOf(size), name);
    return existsSync(path) && statSync(path).size === bytes;
  });
}

function describe({ archives, tables }) {
  const gz = archives.reduce((total, { bytes }) => total + bytes, 0);
  const all = Object.values(tables);
  const csv = all.reduce((total, { bytes }) => total + bytes, 0);
  const rows = all.reduce((total, table) => total + table.rows, 0);
  const members = Math.round(all.reduce((total, table) => total + table.members, 0) / all.length);
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  return `${archives.length} archives, ${mb(gz)} gz, ${mb(csv)} CSV, ${members} members a table, ${(rows / 1e6).toFixed(1)} M rows`;
}
