#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
/**
 * run.mjs [--size std] [--runs 5] [--only ID,...] [--cores 2] [--slow 30] [--label NAME]
 *
 * Runs Partnerday and its peers on the same archives, one after the other, in rounds: every contestant once, then all
 * of them again, so that a slow minute of the machine hits all alike. A form "as people write it" that took longer than
 * --slow seconds is not run again. Every result is compared with what the generator put into the archives; one that
 * differs has no figure.
 * Writes bench/results/{date}-{size}.md, .json and .svg, or {date}-{label}.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CONTESTANTS } from './contestants.mjs';
import { checkResult, readCounts } from './lib/check-result.mjs';
import { CheckedFiles } from './lib/checked-files.mjs';
import { machine } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { BENCH, landingOf, truthOf } from './lib/paths.mjs';
import { summarise } from './lib/summarise.mjs';
import { writeResults } from './lib/write-results.mjs';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'std' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    cores: { type: 'string', default: '2' },
    slow: { type: 'string', default: '30' },
    label: { type: 'string' },
  },
});
const { size } = options;
const cores = Math.min(Number(options.cores), availableParallelism());
const cpus = Array.from({ length: cores }, (_, cpu) => cpu).join(',');
const truth = JSON.parse(readFileSync(truthOf(size), 'utf8'));

/** What the others are compared with. */
const BASE = 'partnerday-engine';

const { present, absent } = takeStock(options.only?.split(','));
if (present.length === 0) fail('none of these contestants is installed');
const checked = new CheckedFiles();
const runs = [];
let written = [];
for (let round = 1; round <= Number(options.runs); round++) {
  for (const contestant of inTurn(present, round)) {
    const earlier = runs.filter(({ id }) => id === contestant.id);
    if (earlier.some(({ problems }) => problems.length > 0)) continue;
    if (contestant.form === 'as people write it' && earlier.some(({ wall }) => wall > Number(options.slow)))
      continue;
    const run = await runOnce(contestant);
    runs.push({ id: contestant.id, round, ...run });
    console.error(`${String(round).padStart(2)}  ${contestant.id.padEnd(20)} ${line(run)}`);
  }
  written = report();
}
console.error(`\nwrote ${written.join(', ')}`);
if (runs.some(({ problems }) => problems.length > 0)) process.exitCode = 1;

/** After every round: an interrupted bench keeps the rounds it has finished. */
function report() {
  const result = {
    size,
    measured: new Date().toISOString(),
    cores,
    machine: machine(),
    data: { archives: truth.archives, tables: truth.tables },
    contestants: present.map((contestant) => ({
      ...described(contestant),
      ...summarise(contestant.id, runs, BASE, cores),
    })),
    absent,
    runs,
  };
  return writeResults(result, options.label);
}

function takeStock(only) {
  const unknown = only?.filter((id) => !CONTESTANTS.some((contestant) => contestant.id === id)) ?? [];
  if (unknown.length > 0)
    fail(`no contestant ${unknown.join(', ')}; there are ${CONTESTANTS.map(({ id }) => id).join(', ')}`);
  const stock = { present: [], absent: [] };
  for (const contestant of CONTESTANTS) {
    if (only && !only.includes(contestant.id)) continue;
    try {
      stock.present.push({ ...contestant, installed: contestant.version() });
    } catch (error) {
      const reason = String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1);
      stock.absent.push({ ...described(contestant), reason });
      console.error(`    ${contestant.id.padEnd(20)} not installed: ${reason}`);
    }
  }
  return stock;
}

/** Another order every round: nobody always comes after the same neighbour. */
function inTurn(contestants, round) {
  const shift = ((round - 1) * 5) % contestants.length;
  return [...contestants.slice(shift), ...contestants.slice(0, shift)];
}

async function runOnce(contestant) {
  const dir = join(BENCH, 'work', contestant.id);
  const run = { cores, dir, landing: landingOf(size), tables: Object.keys(truth.tables) };
  rmSync(run.dir, { recursive: true, force: true });
  for (const name of ['out', 'work']) mkdirSync(join(run.dir, name), { recursive: true });
  contestant.prepare?.(run);
  warmUp(run.landing);
  // What others have left to write must not be written on this one's time.
  spawnSync('sync');
  await pause(500);
  const measured = measure(contestant.command(run), { report: join(dir, 'measured.json'), cpus });
  const written = secondsOf(() => spawnSync('sync'));
  const problems =
    measured.exit === 0 ? await problemsOf(contestant, run) : [`exit ${measured.exit}: ${measured.tail}`];
  const phases = join(run.dir, 'out', 'phases.json');
  const extra = existsSync(phases) ? { phases: JSON.parse(readFileSync(phases, 'utf8')) } : {};
  if (problems.length === 0) rmSync(run.dir, { recursive: true, force: true });
  const { wall, cpu, rss, anon, others } = measured;
  return { wall, durable: wall + written, cpu, rss, anon, others, problems, ...extra };
}

function secondsOf(act) {
  const started = performance.now();
  act();
  return (performance.now() - started) / 1_000;
}

/** Every contestant finds the archives in the page cache. */
function warmUp(landing) {
  spawnSync('sh', ['-c', 'cat "$1"/*.tar.gz >/dev/null', 'sh', landing]);
}

function problemsOf(contestant, run) {
  if (!contestant.fileOf) return [];
  const counts = readCounts(join(run.dir, 'out', 'counts.json'));
  return checkResult({
    truth,
    counts,
    checked,
    threads: cores,
    fileOf: (table) => contestant.fileOf(table, run),
  });
}

function described({ id, name, form, unchecked, installed }) {
  return { id, name, form, unchecked, version: installed };
}

function line({ wall, cpu, rss, others, problems }) {
  const figures = `${wall.toFixed(2).padStart(8)} s  ${cpu.toFixed(2).padStart(8)} s CPU  ${(rss / 2 ** 20).toFixed(0).padStart(6)} MiB  others ${others.toFixed(1)} s`;
  return problems.length === 0 ? figures : `${figures}  WRONG: ${problems.join('; ').slice(0, 300)}`;
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
