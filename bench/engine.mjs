#!/usr/bin/env node
/**
 * Times the engine's parts on one core against zlib.crc32 and csv-parse, on data from a fixed seed.
 *
 * Machines differ and change speed while they run, so only ratios within a round are compared: every round runs every
 * contender once, and a ratio is the median over the rounds. GB/s are those of the best round. Time is CPU time, so that
 * others on the same cores disturb less.
 *
 *   --rounds N   default 9
 *   --mib N      size of each data set, default 16
 *   --gate       exit 1 when a target is missed
 *
 * Needs `npm run build`.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { createByteMemberScan } from '../dist/csv/byte-member-scan.js';
import { kernel } from '../dist/csv/kernel/kernel.js';
import { createKernelMemberScan } from '../dist/csv/kernel/kernel-member-scan.js';
import { createKernelProjection } from '../dist/csv/kernel/kernel-projection.js';
import { createProjection } from '../dist/csv/projection.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    mib: { type: 'string', default: '16' },
    gate: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(values.rounds);
const BYTES = Number(values.mib) * 2 ** 20;
const CHUNK = 64 * 1024;

/** What each contender must reach: a share of zlib.crc32's speed, or GB/s in the best round. */
const TARGETS = {
  'scan, all types': { ofCrc: 0.35 },
  'rows and nulls only': { gbs: 2.5 },
  'rewrite: append 3 columns': { gbs: 1.3 },
  'rewrite: reverse all': { gbs: 1.3 },
  'rewrite: drop 1 column': { gbs: 1.3 },
  'chain: scan, types, CRC, UTF-8': { gbs: 0.85 },
};
const TIMES_CSV_PARSE = 8;

let missed = 0;
for (const [name, data] of Object.entries({ numeric: numericTable(BYTES), text: textTable(BYTES) })) {
  report(name, data, measure(contenders(data)));
}
if (missed > 0) console.log(`${missed} target${missed === 1 ? '' : 's'} missed`);
process.exitCode = values.gate && missed > 0 ? 1 : 0;

function contenders({ header, bytes, body }) {
  const columns = header.length;
  const chunks = slices(bytes);
  const wholeRows = rowSlices(body);
  // csv-parse is slow enough for a part to do.
  const part = bytes.subarray(0, bytes.lastIndexOf(10, Math.min(bytes.length, 2 * 2 ** 20)) + 1);
  const rewrite = (create, to) => () => {
    const projection = create(header, to);
    for (const chunk of slices(body)) projection.write(chunk);
    projection.end();
  };
  return {
    'zlib.crc32': [bytes, () => crc(chunks)],
    'buffer.isUtf8': [body, () => wholeRows.every((chunk) => isUtf8(chunk))],
    sha256: [bytes, () => sha256(chunks)],
    'scan, all types': [bytes, () => scan(createKernelMemberScan, chunks)],
    'rows and nulls only': [body, () => rowsAndNulls(wholeRows, columns)],
    'rewrite: append 3 columns': [body, rewrite(createKernelProjection, [...header, 'x', 'y', 'z'])],
    'rewrite: reverse all': [body, rewrite(createKernelProjection, header.toReversed())],
    'rewrite: drop 1 column': [body, rewrite(createKernelProjection, header.toSpliced(2, 1))],
    'chain: scan, types, CRC, UTF-8': [
      bytes,
      () => {
        crc(chunks);
        scan(createKernelMemberScan, chunks);
      },
    ],
    'chain and sha256': [
      bytes,
      () => {
        crc(chunks);
        sha256(chunks);
        scan(createKernelMemberScan, chunks);
      },
    ],
    'plain scan, all types': [part, () => scan(createByteMemberScan, slices(part))],
    'plain rewrite: reverse all': [
      part,
      () => createProjection(header, header.toReversed()).write(body.subarray(0, part.length)),
    ],
    'csv-parse': [part, () => parse(part, { relax_column_count: true })],
  };
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
  const memberScan = create({
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
  for (const chunk of chunks) memberScan.write(chunk);
  return memberScan.end();
}

function rowsAndNulls(chunks, columns) {
  const instance = kernel();
  let rows = 0;
  for (const chunk of chunks) {
    instance.bytes.set(chunk, instance.at.INPUT);
    instance.scan(chunk.length, columns, false);
    if (instance.result(1) !== chunk.length) throw new Error('not all rows were taken');
    rows += instance.result(2);
  }
  return rows;
}

/** Seconds per byte and round, by contender. */
function measure(all) {
  const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, [bytes, run]] of Object.entries(all)) {
      const start = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      // The first rounds are for the compilers.
      if (round >= 0) times[name].push(seconds / bytes.length);
    }
  }
  return times;
}

function report(name, { bytes, header }, times) {
  console.log(
    `\n${name}: ${(bytes.length / 2 ** 20).toFixed(0)} MiB, ${header.length} columns, ${ROUNDS} rounds`,
  );
  console.log(`${'GB/s'.padStart(42)} ${'x crc32'.padStart(9)} ${'x csv-parse'.padStart(12)}`);
  for (const [contender, own] of Object.entries(times)) {
    const gbs = 1 / Math.min(...own) / 1e9;
    const ofCrc = ratio(times['zlib.crc32'], own);
    const ofParse = ratio(times['csv-parse'], own);
    const target = TARGETS[contender];
    const met =
      !target || ((target.ofCrc ?? 0) <= ofCrc && (target.gbs ?? 0) <= gbs && ofParse >= TIMES_CSV_PARSE);
    if (!met) missed++;
    const wanted = target ? (target.ofCrc ? `>= ${target.ofCrc} x crc32` : `>= ${target.gbs} GB/s`) : '';
    const verdict = target
      ? `  ${met ? 'met' : 'MISSED'} (${wanted}, >= ${TIMES_CSV_PARSE} x csv-parse)`
      : '';
    console.log(
      `${contender.padEnd(32)}${gbs.toFixed(2).padStart(10)} ${ofCrc.toFixed(2).padStart(9)} ${ofParse.toFixed(1).padStart(12)}${verdict}`,
    );
  }
}

function ratio(reference, own) {
  return median(own.map((seconds, round) => reference[round] / seconds));
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
  const random = generator(1);
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
  const random = generator(2);
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

/** mulberry32 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
