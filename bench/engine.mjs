#!/usr/bin/env node
/**
 * Times the engine's parts on one core against zlib.crc32, csv-parse, udsv and papaparse, on data from a fixed seed.
 *
 * Machines differ and change speed while they run, so every round runs the contender and zlib.crc32 one after the other;
 * a ratio is the median over the rounds, GB/s are those of the best round. Every contender has a process to itself, so
 * that none pays for another's garbage. Time is CPU time, so that others on the same cores disturb less.
 *
 *   --rounds N   default 9
 *   --mib N      size of each data set, default 16
 *   --gate       exit 1 when a target is missed
 *
 * Needs `npm run build`.
 */
import { isUtf8 } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { KernelInflater } from '../dist/archive/inflate/kernel-inflater.js';
import { createByteMemberScan } from '../dist/csv/byte-member-scan.js';
import { kernel } from '../dist/csv/kernel/kernel.js';
import { createKernelMemberScan } from '../dist/csv/kernel/kernel-member-scan.js';
import { createKernelProjection } from '../dist/csv/kernel/kernel-projection.js';
import { createProjection } from '../dist/csv/projection.js';
import { otherParsers } from './lib/other-parsers.mjs';
import { seededRandom } from './lib/random.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    mib: { type: 'string', default: '16' },
    gate: { type: 'boolean', default: false },
    // What the processes of single contenders are started with.
    file: { type: 'string' },
    contender: { type: 'string' },
  },
});
const ROUNDS = Number(values.rounds);
const BYTES = Number(values.mib) * 2 ** 20;
const CHUNK = 64 * 1024;

/** What each contender must reach: a share of zlib.crc32's speed, or GB/s in the best round. */
const TARGETS = {
  'kernel: rows, nulls, all types': { ofCrc: 0.35 },
  'kernel: rows and nulls': { gbs: 2.5 },
  'rewrite: append 3 columns': { gbs: 1.3 },
  'rewrite: reverse all': { gbs: 1.3 },
  'rewrite: drop 1 column': { gbs: 1.3 },
  'chain: scan, types, CRC, UTF-8': { gbs: 0.85 },
};
const TIMES_CSV_PARSE = 8;
/** An extraction derives the checksum of a gzip from those of its members. */
const NO_CHECKSUM = { value: 0, reset() {}, passed() {} };

if (values.contender) runContender(values.file, values.contender);
else compare();

function compare() {
  const directory = mkdtempSync(join(tmpdir(), 'bench-engine-'));
  let missed = 0;
  try {
    for (const [name, create] of Object.entries({ numeric: numericTable, text: textTable })) {
      const { header, bytes } = create(BYTES);
      const file = join(directory, name);
      writeFileSync(file, bytes);
      console.log(`\n${name}: ${(bytes.length / 2 ** 20).toFixed(0)} MiB, ${header.length} columns`);
      missed += report(measureAll(file));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  if (missed > 0) console.log(`${missed} target${missed === 1 ? '' : 's'} missed`);
  process.exitCode = values.gate && missed > 0 ? 1 : 0;
}

function measureAll(file) {
  return Object.keys(contenders(readTable(file))).map((contender) => {
    const options = ['--rounds', String(ROUNDS), '--file', file, '--contender', contender];
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...options]);
    return { contender, ...JSON.parse(output) };
  });
}

function report(results) {
  const csvParse = results.find(({ contender }) => contender === 'csv-parse').ofCrc;
  let missed = 0;
  console.log(`${'GB/s'.padStart(42)} ${'x crc32'.padStart(9)} ${'x csv-parse'.padStart(12)}`);
  for (const { contender, gbs, ofCrc } of results) {
    const ofParse = ofCrc / csvParse;
    const { ofCrc: share = 0, gbs: speed = 0 } = TARGETS[contender] ?? {};
    let verdict = '';
    if (contender in TARGETS) {
      const met = ofCrc >= share && gbs >= speed && ofParse >= TIMES_CSV_PARSE;
      if (!met) missed++;
      const wanted = share ? `>= ${share} x crc32` : `>= ${speed} GB/s`;
      verdict = `  ${met ? 'met' : 'MISSED'} (${wanted}, >= ${TIMES_CSV_PARSE} x csv-parse)`;
    }
    const figures = [
      gbs.toFixed(2).padStart(10),
      ofCrc.toFixed(3).padStart(9),
      ofParse.toFixed(1).padStart(12),
    ];
    console.log(contender.padEnd(32) + figures.join(' ') + verdict);
  }
  return missed;
}

function runContender(file, name) {
  const table = readTable(file);
  const [bytes, run] = contenders(table)[name];
  const reference = slices(table.bytes);
  const ratios = [];
  let best = Number.POSITIVE_INFINITY;
  for (let round = -2; round < ROUNDS; round++) {
    const crcTime = secondsOf(() => crc(reference)) / table.bytes.length;
    const own = secondsOf(run) / bytes.length;
    // The first rounds are for the compilers.
    if (round < 0) continue;
    ratios.push(crcTime / own);
    best = Math.min(best, own);
  }
  console.log(JSON.stringify({ gbs: 1 / best / 1e9, ofCrc: median(ratios) }));
}

function secondsOf(run) {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function readTable(file) {
  const bytes = readFileSync(file);
  const header = bytes.subarray(0, bytes.indexOf(10)).toString().split(',');
  return { header, bytes, body: bytes.subarray(bytes.indexOf(10) + 1), gzip: zlib.gzipSync(bytes) };
}

/** By name: the bytes it reads, and what it does with them. */
function contenders({ header, bytes, body, gzip }) {
  const columns = header.length;
  const compressed = slices(gzip);
  const chunks = slices(bytes);
  const wholeRows = rowSlices(body);
  // The slow ones get a part, at a row's end.
  const part = bytes.subarray(0, bytes.lastIndexOf(10, Math.min(bytes.length, 2 * 2 ** 20)) + 1);
  const bodyPart = body.subarray(0, body.lastIndexOf(10, Math.min(body.length, 2 * 2 ** 20)) + 1);
  const rewrite = (create, to, input) => () => {
    const projection = create(header, to);
    for (const chunk of slices(input)) projection.write(chunk);
    projection.end();
  };
  return {
    'zlib.crc32': [bytes, () => crc(chunks)],
    'buffer.isUtf8': [body, () => wholeRows.every((chunk) => isUtf8(chunk))],
    sha256: [bytes, () => sha256(chunks)],
    'zlib: inflate': [bytes, () => zlib.gunzipSync(gzip, { chunkSize: 256 * 1024 })],
    'kernel: inflate, with CRC': [bytes, () => inflate(compressed)],
    'kernel: inflate': [bytes, () => inflate(compressed, NO_CHECKSUM)],
    'kernel: rows, nulls, all types': [body, () => kernelScan(wholeRows, columns, true)],
    'kernel: rows and nulls': [body, () => kernelScan(wholeRows, columns, false)],
    'scan of a member (with UTF-8)': [bytes, () => scan(createKernelMemberScan, chunks)],
    'rewrite: append 3 columns': [body, rewrite(createKernelProjection, [...header, 'x', 'y', 'z'], body)],
    'rewrite: reverse all': [body, rewrite(createKernelProjection, header.toReversed(), body)],
    'rewrite: drop 1 column': [body, rewrite(createKernelProjection, header.toSpliced(2, 1), body)],
    'chain: scan, types, CRC, UTF-8': [bytes, () => chain(chunks)],
    'chain and sha256': [bytes, () => chain(chunks, createHash('sha256'))],
    'reference scan of a member': [part, () => scan(createByteMemberScan, slices(part))],
    'plain rewrite: reverse all': [bodyPart, rewrite(createProjection, header.toReversed(), bodyPart)],
    'csv-parse': [part, () => parse(part, { relax_column_count: true })],
    ...Object.fromEntries(
      Object.entries(otherParsers()).map(([name, parser]) => [name, [part, () => parser(part)]]),
    ),
  };
}

function inflate(compressed, checksum) {
  const inflater = new KernelInflater(checksum);
  let length = 0;
  for (const chunk of compressed) for (const output of inflater.write(chunk)) length += output.byteLength;
  inflater.destroy();
  return length;
}

function crc(chunks) {
  let value = 0;
  for (const chunk of chunks) value = zlib.crc32(chunk, value);
  return value;
}

function sha256(chunks) {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

function scan(create, chunks) {
  const memberScan = open(create);
  for (const chunk of chunks) memberScan.write(chunk);
  return memberScan.end();
}

/** Every chunk goes through all of it before the next comes, as in an extraction. */
function chain(chunks, hash) {
  const memberScan = open(createKernelMemberScan);
  let value = 0;
  for (const chunk of chunks) {
    value = zlib.crc32(chunk, value);
    hash?.update(chunk);
    memberScan.write(chunk);
  }
  hash?.digest();
  return memberScan.end();
}

function open(create) {
  return create({
    member: 'member.csv',
    table: {
      table: 't',
      dialect: { delimiter: ',', quote: '"', encoding: 'utf-8', nullTokens: [] },
      contract: { tables: 'evolve', columns: 'evolve', types: 'evolve' },
      blankLines: 'skip',
      aliases: {},
      types: {},
    },
    limits: { recordBytes: 8 * 2 ** 20, headerBytes: 2 ** 20, columns: 4096 },
    rows: { write: () => {} },
    quarantine: { row: () => {} },
  });
}

/** The copy into the kernel's memory included. */
function kernelScan(chunks, columns, types) {
  const { bytes, at } = kernel();
  bytes.fill(0, at.TYPES, at.TYPES + columns);
  bytes.fill(0xff, at.ALLOWED, at.ALLOWED + columns);
  bytes.fill(0, at.TOKENS, at.TOKENS + 8);
  let rows = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at.INPUT);
    kernel().scan(chunk.length, columns, types);
    if (kernel().result(1) !== chunk.length) throw new Error('the kernel left rows to the reference scan');
    rows += kernel().result(2);
  }
  return rows;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

function slices(bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK) chunks.push(bytes.subarray(at, at + CHUNK));
  return chunks;
}

function rowSlices(bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + CHUNK >= bytes.length ? bytes.length : bytes.lastIndexOf(10, at + CHUNK - 1) + 1;
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

/** Flights as airlines report them: a timestamp, two airports, numbers, some of them missing. */
function numericTable(bytes) {
  const random = seededRandom(1);
  const int = (low, high) => low + Math.floor(random() * (high - low + 1));
  const two = (low, high) => String(int(low, high)).padStart(2, '0');
  const airports = ['ATL', 'ORD', 'LAX', 'DFW', 'SEA', 'JFK', 'DEN'];
  const airport = () => airports[int(0, airports.length - 1)];
  const header = 'date,delay,distance,origin,destination,dep,arr,day,dow,cancelled,price,tail'.split(',');
  return table(header, bytes, () => [
    `2001-${two(1, 12)}-${two(1, 28)} ${two(0, 23)}:${two(0, 59)}:00`,
    int(-30, 300),
    int(50, 2500),
    airport(),
    airport(),
    int(0, 2400),
    int(0, 2400),
    int(1, 31),
    int(1, 7),
    int(0, 1),
    (random() * 100).toFixed(2),
    random() < 0.1 ? '' : int(0, 99999),
  ]);
}

/** Reviews as people write them: words, some in quotes, some missing. */
function textTable(bytes) {
  const random = seededRandom(2);
  const int = (low, high) => low + Math.floor(random() * (high - low + 1));
  const dictionary = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod größe 도시'.split(
    ' ',
  );
  const words = (count) =>
    Array.from({ length: count }, () => dictionary[int(0, dictionary.length - 1)]).join(' ');
  let id = 0;
  return table('id,name,note,description,tags,code'.split(','), bytes, () => [
    `A${id++}`,
    words(int(1, 4)),
    random() < 0.3 ? `"${words(3)}, ${words(2)} ""${words(1)}"""` : words(5),
    random() < 0.2 ? '' : words(int(4, 12)),
    words(2),
    `N${int(1, 999)}x`,
  ]);
}

function table(header, bytes, row) {
  const lines = [];
  for (let length = 0; length < bytes; ) {
    const line = `${row().join(',')}\n`;
    lines.push(line);
    length += line.length;
  }
  const body = Buffer.from(lines.join(''));
  return { header, body, bytes: Buffer.concat([Buffer.from(`${header.join(',')}\n`), body]) };
}
