#!/usr/bin/env node
/**
 * Plans a generated partner-day from manifests alone: the first version, a version with one late archive, one with an
 * archive sent again. Says how long each took, how much memory, and how long nobody else had a turn.
 *
 *   node bench/scale/plan.mjs [--archives 40000] [--keep]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { partnerConfigSchema } from '../../dist/config/partner-config.js';
import { rulesOf } from '../../dist/config/rules-of.js';
import { writeJsonOnce } from '../../dist/ingest/documents/json-object.js';
import { PartnerDayLayout } from '../../dist/ingest/layout.js';
import { planNextVersion } from '../../dist/ingest/planning/plan-next-version.js';
import { readPointer, switchPointer } from '../../dist/ingest/publication/pointer.js';
import { FileStore } from '../../dist/store/file/file-store.js';
import { DATE } from './shape.mjs';
import { writeManifests } from './write-manifests.mjs';

const { values } = parseArgs({
  options: {
    archives: { type: 'string', default: '40000' },
    dir: { type: 'string' },
    stage: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
const archives = Number(values.archives);
const root = resolve(values.dir ?? `bench/data/plan-${archives}`);
const partner = 'scale';
const layout = new PartnerDayLayout(partner, DATE);
const config = partnerConfigSchema.parse({ id: partner });
const { rulesId } = rulesOf(config);

const store = () => new FileStore({ root });
const stages = [
  () => plan('v1, all new', listed()),
  () => plan('v2, one late', [...listed(), ...late()]),
  () =>
    plan('v3, one again', [...listed().filter(({ key }) => key !== again()[0].key), ...again(), ...late()]),
];
if (values.stage !== undefined) await stages[Number(values.stage)]();
else runStages();

/** Each in a process of its own: what one needs must not be taken for what another does. */
function runStages() {
  generate();
  // Only the manifests are taken up again.
  for (const name of readdirSync(join(root, partner, DATE))) {
    if (name !== 'extract') rmSync(join(root, partner, DATE, name), { recursive: true, force: true });
  }
  rmSync(join(root, '.store'), { recursive: true, force: true });
  console.log(`${archives} archives, node ${process.version}`);
  for (const stage of stages.keys()) {
    const { status } = spawnSync(
      process.execPath,
      [import.meta.filename, '--archives', values.archives, '--dir', root, '--stage', String(stage)],
      { stdio: 'inherit' },
    );
    if (status !== 0) process.exit(1);
  }
  if (!values.keep) rmSync(root, { recursive: true, force: true });
}

function listed() {
  return JSON.parse(readFileSync(join(root, 'listed.json'), 'utf8'));
}

function late() {
  return writeManifests({ root, partner, rulesId, from: archives, to: archives + 1 });
}

function again() {
  return writeManifests({ root, partner, rulesId, from: 7, to: 8, generation: 2 });
}

function generate() {
  const record = join(root, 'listed.json');
  if (existsSync(record)) return;
  mkdirSync(root, { recursive: true });
  const landed = writeManifests({ root, partner, rulesId, from: 0, to: archives });
  writeFileSync(record, JSON.stringify(landed));
}

async function plan(what, landed) {
  const day = store();
  const runId = what.replaceAll(/\W+/g, '-');
  const arrivalsKey = layout.arrivals(runId, 0);
  const sources = [
    { source: 'main', completedBy: 'signal', landed: [...landed].sort((a, b) => (a.key < b.key ? -1 : 1)) },
  ];
  await writeJsonOnce(day, arrivalsKey, { format: 1, sources, refused: [] });
  let read = 0;
  const counting = new Proxy(day, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args) => {
        if (property === 'getBytes' && args[0].endsWith('/manifest.json')) read++;
        return value.apply(target, args);
      };
    },
  });
  let [most, longest, last, clock] = [0, 0, cpuMs(), performance.now()];
  let longestClock = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    longestClock = Math.max(longestClock, performance.now() - clock);
    clock = performance.now();
  }, 1);
  const started = performance.now();
  const { plan, tables } = await planNextVersion({
    store: counting,
    layout,
    config,
    configKey: 'none',
    arrivalsKey,
    runId,
  });
  const seconds = (performance.now() - started) / 1_000;
  clearInterval(sampling);
  const changed = tables.filter(({ head }) => head.version === plan.version).length;
  const ranges = Math.max(...tables.map((table) => table.ranges));
  console.log(
    `${what.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s  ${mib(most)} at most  ${longest.toFixed(0)} ms of CPU and ${longestClock.toFixed(0)} ms without a turn  ${read} manifests read  ${changed} of ${tables.length} tables planned, the largest of ${ranges} ranges`,
  );
  const current = await readPointer(day, layout);
  const ids = { partner, date: DATE, publishedAt: '', workflowId: '', runId: '' };
  await switchPointer(day, layout, current, {
    format: 1,
    ...ids,
    version: plan.version,
    status: 'published',
    tables: [],
    score: 100,
    summaryKey: '',
    ledgerKey: '',
  });
}

/** Of this process: on a busy machine the clock would tell of others. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function mib(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
