#!/usr/bin/env node
/**
 * memory.mjs [--runs 3]
 *
 * Peak memory of the engine and of `inspect` from 10 to 100 archives, and from 100 MB to 5 GB of CSV in one archive.
 * Makes the data it needs (about 8 GB on the disk). Writes bench/results/{date}-memory.md.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { BENCH, landingOf, RESULTS, ROOT } from './lib/paths.mjs';
import { DATE, PARTNER } from './lib/sizes.mjs';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const SIZES = ['ten', 'hundred', 'one-short', 'one-long'];
const MIB = 2 ** 20;

execFileSync(process.execPath, [join(BENCH, 'generate-data.mjs'), ...SIZES], { stdio: 'inherit' });
const rows = [];
for (const size of SIZES) {
  rows.push({ size, what: 'engine, 2 threads', ...peakOf(() => engine(size, 2)) });
  if (size.startsWith('one')) rows.push({ size, what: 'inspect', ...peakOf(() => inspect(size)) });
}
const lines = [
  '# Peak memory',
  '',
  `Resident memory of the whole process, the highest of ${options.runs} runs; bytes of CSV after inflation. ${machine().cpu ?? ''}`.trim(),
  '',
  '| what | archives | compressed | peak |',
  '| --- | --- | --- | --- |',
  ...rows.map(
    ({ what, archives, bytes, rss }) =>
      `| ${what} | ${archives} | ${(bytes / MIB).toFixed(0)} MiB | ${(rss / MIB).toFixed(0)} MiB |`,
  ),
];
mkdirSync(RESULTS, { recursive: true });
const path = join(RESULTS, `${new Date().toISOString().slice(0, 10)}-memory.md`);
writeFileSync(path, `${lines.join('\n')}\n`);
console.log(lines.join('\n'));

function peakOf(run) {
  let highest;
  for (let round = 0; round < Number(options.runs); round++) {
    const measured = run();
    if (measured.exit !== 0) throw new Error(measured.tail);
    if (highest === undefined || measured.rss > highest.rss) highest = measured;
  }
  return highest;
}

function engine(size, threads) {
  const dir = join(BENCH, 'work', 'memory');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const landing = join(dir, 'store', 'landing', PARTNER, DATE);
  cpSync(landingOf(size), landing, { recursive: true });
  const command = [
    process.execPath,
    join(BENCH, 'engine', 'ingest.mjs'),
    `file://${join(dir, 'store')}`,
    join(dir, 'counts.json'),
    String(threads),
  ];
  const measured = measure(command, { report: join(dir, 'measured.json') });
  rmSync(dir, { recursive: true, force: true });
  return { ...measured, ...landed(size) };
}

function inspect(size) {
  const dir = join(BENCH, 'work', 'memory');
  mkdirSync(dir, { recursive: true });
  const [archive] = readdirSync(landingOf(size));
  const file = join(landingOf(size), archive);
  const command = [process.execPath, join(ROOT, 'dist', 'cli', 'main.js'), 'inspect', file, '-o', 'json'];
  return { ...measure(command, { report: join(dir, 'measured.json') }), ...landed(size) };
}

function landed(size) {
  const names = readdirSync(landingOf(size));
  const bytes = Number(
    execFileSync('du', ['-cb', ...names.map((name) => join(landingOf(size), name))], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1)
      .split('\t')[0],
  );
  return { archives: names.length, bytes };
}
