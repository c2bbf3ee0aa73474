#!/usr/bin/env node
/**
 * probe.mjs [--only ID,...]
 *
 * Gives Partnerday and its peers a day with one fault in it, one fault after the other, and says what came out: whether
 * anything was merged at all, and which rows are missing, changed or there twice. Writes bench/results/{date}-faults.md; with --only it prints the table.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { pack } from 'tar-stream';
import { CONTESTANTS } from './contestants.mjs';
import { measure, TIMED_OUT } from './lib/measure.mjs';
import { BENCH, RESULTS } from './lib/paths.mjs';
import { DATE, PARTNER } from './lib/sizes.mjs';

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const TABLE = 'orders';
const HEADER = 'id,amount,name';
const MEMBERS = 3;
const ROWS = 200;
const WORK = join(BENCH, 'work', 'probe');
/** Longest a contestant may take for 1200 rows. */
const TIMEOUT_SECONDS = 600;

/** The fault is in the second of three members of the second of two archives; its bad row is row 100. */
const FAULTS = [
  { name: 'none' },
  { name: 'a row with a field less', row: (cells) => cells.slice(0, 2).join(',') },
  { name: 'a row with a field more', row: (cells) => [...cells, 'extra'].join(',') },
  { name: 'a byte that is not UTF-8', row: ([id, amount]) => `${id},${amount},caf\xe9` },
  { name: 'a quote that is never closed', row: ([id, amount, name]) => `${id},${amount},"${name}` },
  { name: 'a word in a column of numbers', row: ([id, , name]) => `${id},unknown,${name}`, changes: true },
  { name: 'a member without its last line end', member: (text) => text.slice(0, -1), changes: true },
  { name: 'an archive cut off at two thirds', archive: (bytes) => bytes.subarray(0, (bytes.length * 2) / 3) },
  { name: 'one bit of an archive flipped', archive: flip },
  { name: 'an archive sent twice, under two names', again: true },
];

/** The same engine, reached in another way: the same answers. */
const OTHER_WAYS = ['partnerday-s3', 'partnerday-command'];

const contestants = CONTESTANTS.filter(({ id, fileOf }) => {
  return fileOf && !OTHER_WAYS.includes(id) && (!options.only || options.only.split(',').includes(id));
}).filter(isInstalled);
const answers = [];
for (const fault of FAULTS) {
  const landing = join(WORK, 'landing');
  rmSync(landing, { recursive: true, force: true });
  mkdirSync(landing, { recursive: true });
  const { expected, doubtful } = await land(landing, fault);
  for (const contestant of contestants) {
    const answer = ask(contestant, landing, expected, doubtful);
    answers.push({ fault: fault.name, id: contestant.id, answer });
    console.error(`${fault.name.padEnd(40)} ${contestant.id.padEnd(20)} ${answer}`);
  }
}
rmSync(WORK, { recursive: true, force: true });
if (options.only) {
  console.log(render());
} else {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${new Date().toISOString().slice(0, 10)}-faults.md`);
  writeFileSync(path, render());
  console.error(`wrote ${path}`);
}

function isInstalled({ id, version }) {
  try {
    version();
    return true;
  } catch {
    console.error(`${id}: not installed`);
    return false;
  }
}

/** Writes two archives of three members; returns the sound rows, and the id of a row no one can be sure of. */
async function land(directory, fault) {
  const expected = new Map();
  let doubtful;
  for (let archive = 0; archive < 2; archive++) {
    const tar = pack();
    for (let member = 0; member < MEMBERS; member++) {
      const isTarget = archive === 1 && member === 1;
      const lines = [HEADER];
      for (let row = 0; row < ROWS; row++) {
        const id = (archive * MEMBERS + member) * ROWS + row;
        const cells = [String(id), `${id}.50`, `name ${id}`];
        const isBad = isTarget && fault.row && row === 100;
        const line = isBad ? fault.row(cells) : cells.join(',');
        if (isBad && !fault.changes) doubtful = id;
        else expected.set(String(id), isBad ? line : cells.join(','));
        lines.push(line);
      }
      const text = `${lines.join('\n')}\n`;
      const content = Buffer.from(isTarget && fault.member ? fault.member(text) : text, 'latin1');
      const name = `${TABLE}_${DATE.replaceAll('-', '')}_${archive * MEMBERS + member}.csv`;
      tar.entry({ name, mtime: new Date(`${DATE}T04:00:00Z`) }, content);
    }
    tar.finalize();
    let bytes = gzipSync(Buffer.concat(await chunksOf(tar)));
    if (archive === 1 && fault.archive) bytes = fault.archive(bytes);
    const names = fault.again && archive === 1 ? ['drop-1', 'drop-1-again'] : [`drop-${archive}`];
    for (const file of names) {
      const target = join(directory, `${file}.tar.gz`);
      writeFileSync(target, bytes);
      const past = new Date(Date.now() - 60_000);
      utimesSync(target, past, past);
    }
  }
  return { expected, doubtful };
}

async function chunksOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function flip(bytes) {
  const copy = Buffer.from(bytes);
  copy[Math.floor(copy.length * 0.6)] ^= 0x10;
  return copy;
}

function ask(contestant, landing, expected, doubtful) {
  const dir = join(WORK, contestant.id);
  rmSync(dir, { recursive: true, force: true });
  for (const name of ['out', 'work']) mkdirSync(join(dir, name), { recursive: true });
  const run = { cores: 2, dir, landing, tables: [TABLE] };
  contestant.prepare?.(run);
  const { exit } = measure(contestant.command(run), {
    report: join(dir, 'measured.json'),
    timeout: TIMEOUT_SECONDS,
  });
  if (exit === TIMED_OUT) return `no end within ${TIMEOUT_SECONDS} s`;
  const file = contestant.fileOf(TABLE, run);
  if (exit !== 0) return 'stops with an error';
  if (!existsSync(file) || statSync(file).size === 0) return 'ends without a table';
  const findings =
    contestant.form === 'partnerday' ? findingsIn(join(dir, 'store', PARTNER, DATE, 'v1')) : [];
  return `${compare(file, expected, doubtful)}${findings.length > 0 ? `; reported: ${findings.join(', ')}` : ''}`;
}

function compare(file, expected, doubtful) {
  const options = { relax_quotes: true, relax_column_count: true, columns: true };
  const rows = parse(readFileSync(file), options);
  const seen = new Map();
  const tally = { intact: 0, changed: 0, twice: 0, foreign: 0 };
  let doubtfulRows = 0;
  for (const { id, amount, name } of rows) {
    const text = [id, amount, name].join(',');
    if (String(doubtful) === id) doubtfulRows++;
    else if (!expected.has(id)) tally.foreign++;
    else if (seen.has(id)) tally.twice++;
    else tally[expected.get(id) === text ? 'intact' : 'changed']++;
    seen.set(id, true);
  }
  const missing = expected.size - tally.intact - tally.changed;
  const parts = [];
  if (missing > 0) parts.push(`${missing} good rows missing`);
  if (tally.changed > 0) parts.push(`${tally.changed} good rows changed`);
  if (tally.twice > 0) parts.push(`${tally.twice} rows twice`);
  if (tally.foreign > 0) parts.push(`${tally.foreign} rows nobody sent`);
  if (parts.length === 0) parts.push('all good rows');
  if (doubtful !== undefined) parts.push(doubtfulRows > 0 ? 'the bad row merged' : 'the bad row left out');
  return parts.join(', ');
}

function findingsIn(version) {
  const codes = new Set();
  for (const name of ['plan.json', `plan/${TABLE}.json`]) {
    for (const { code } of JSON.parse(readFileSync(join(version, name), 'utf8')).findings) codes.add(code);
  }
  return [...codes].sort();
}

function render() {
  const total = 2 * MEMBERS * ROWS;
  return `${[
    `# One fault in a day of ${total} rows: what comes out`,
    '',
    'Two archives of three members; the fault is in the second. "Good rows" are all but the faulty one. A peer that ends without an error says nothing of a fault.',
    '',
    `| fault | ${contestants.map(({ name, form }) => (form === 'partnerday' ? name : `${name}, ${form}`)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(contestants.length)}`,
    ...FAULTS.map(({ name }) => {
      const cells = contestants.map(
        ({ id }) => answers.find((one) => one.fault === name && one.id === id).answer,
      );
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ].join('\n')}\n`;
}
