#!/usr/bin/env node
/**
 * A partner-day of many small archives on the development server, with a real worker and the file store: how long each
 * phase takes, what the histories weigh, and what memory it needs. Ends with 1 where a limit is broken.
 *
 *   node bench/scale.mjs [--archives 40000] [--partners 1] [--keep]
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readHistories } from './scale/histories.mjs';
import { DATE, MEMBERS_PER_ARCHIVE, TABLES } from './scale/shape.mjs';
import { writeArchives } from './scale/write-archives.mjs';

const LIMITS = {
  events: 10_000,
  historyBytes: 10 * 2 ** 20,
  payloadBytes: 256 * 2 ** 10,
  rss: 512 * 2 ** 20,
};
const SAMPLE_MS = 200;

const { values } = parseArgs({
  options: {
    archives: { type: 'string', default: '40000' },
    partners: { type: 'string', default: '1' },
    keep: { type: 'boolean' },
  },
});
const archives = Number(values.archives);
const partners = Array.from({ length: Number(values.partners) }, (_, index) => `scale-${index + 1}`);
const dir = resolve(`bench/data/scale-${archives}-${partners.length}`);
const root = join(dir, 'store');
const cli = resolve('dist/cli/main.js');
const env = { ...process.env, PARTNERDAY_STORE: `file://${root}`, NO_COLOR: '1' };
const broken = [];

rmSync(dir, { recursive: true, force: true });
mkdirSync(join(dir, 'partners'), { recursive: true });
mkdirSync(root);
const started = performance.now();
for (const partner of partners) {
  writeFileSync(join(dir, 'partners', `${partner}.yaml`), `id: ${partner}\n`);
  const bytes = writeArchives({ root, partner, archives });
  say(
    `${partner}: ${archives} archives, ${archives * MEMBERS_PER_ARCHIVE} members, ${TABLES.length} tables, ${mib(bytes)}`,
  );
}
say(`generated in ${seconds(started)}`);
partnerday('up', '--detach');
try {
  await measure();
} finally {
  partnerday('down');
  if (!values.keep) rmSync(dir, { recursive: true, force: true });
}
for (const line of broken) console.error(`BROKEN: ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;

async function measure() {
  const up = JSON.parse(readFileSync(join(dir, '.partnerday', 'up.json'), 'utf8'));
  const worker = up.processes.find(({ name }) => name.includes('worker'));
  const begun = performance.now();
  const runs = await Promise.all(partners.map((partner) => run(partner)));
  say(`published in ${seconds(begun)}`);
  const cliRss = Math.max(...runs);
  const workerRss = peakRss(worker.pid);
  const histories = await readHistories(up.temporal);
  for (const { type, activities } of histories) {
    if (type !== 'partnerDay') continue;
    for (const [activity, took] of Object.entries(activities))
      say(`  ${activity.padEnd(18)} ${took.toFixed(1)} s`);
  }
  const largest = new Map();
  for (const history of histories) if (!largest.has(history.type)) largest.set(history.type, history);
  for (const { type, events, bytes } of largest.values()) {
    say(`largest ${type.padEnd(14)} ${events} events, ${(bytes / 2 ** 10).toFixed(0)} KiB`);
  }
  const payload = Math.max(...histories.map(({ largestPayload }) => largestPayload));
  say(`${histories.length} workflows, largest payload ${(payload / 2 ** 10).toFixed(1)} KiB`);
  say(`${objectsWritten()} objects written`);
  say(`memory at most: worker ${mib(workerRss)}, command line ${mib(cliRss)}`);
  limit('events of a history', Math.max(...histories.map(({ events }) => events)), LIMITS.events);
  limit('bytes of a history', Math.max(...histories.map(({ bytes }) => bytes)), LIMITS.historyBytes);
  limit('bytes of a payload', payload, LIMITS.payloadBytes);
  limit('bytes of memory of the worker', workerRss, LIMITS.rss);
}

/** @returns its memory at most */
async function run(partner) {
  const child = spawn(process.execPath, [cli, 'run', partner, DATE, '--wait', '--config', dir], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-5_000);
  });
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, peakRss(child.pid));
  }, SAMPLE_MS);
  const code = await new Promise((done) => child.once('close', done));
  clearInterval(sampling);
  if (code !== 0) broken.push(`the run of ${partner} ended with ${code}: ${said}`);
  return most;
}

function partnerday(...args) {
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args, '--config', dir], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`partnerday ${args.join(' ')} ended with ${status}: ${stderr}`);
}

/** As the kernel counted it; 0 once the process is gone. */
function peakRss(pid) {
  try {
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

function objectsWritten() {
  let count = 0;
  for (const partner of partners) {
    const entries = readdirSync(join(root, partner), { recursive: true, withFileTypes: true });
    count += entries.filter((entry) => entry.isFile()).length;
  }
  return count;
}

function limit(what, found, most) {
  if (found > most) broken.push(`${what}: ${found}, at most ${most}`);
}

function say(line) {
  console.log(line);
}

function seconds(since) {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}

function mib(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
