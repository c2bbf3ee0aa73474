import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_TOOLS, ROOT, VENV } from './lib/paths.mjs';
import { DATE, PARTNER } from './lib/sizes.mjs';

const PYTHON = join(VENV, 'bin', 'python');
const XAN = join(PEER_TOOLS, 'bin', 'xan');
const PEERS = join(ROOT, 'bench', 'peers');
const ENGINE = join(ROOT, 'bench', 'engine');

/**
 * @typedef {{
 *   id: string,
 *   name: string,
 *   form: 'partnerday' | 'tuned' | 'as people write it' | 'limit',
 *   version(): string,                      throws where it is not installed
 *   prepare?(run: Run): void,               before the clock starts
 *   command(run: Run): string[],
 *   fileOf?(table: string, run: Run): string,   absent: it merges nothing
 *   unchecked: string,                      what it does not do that Partnerday does
 * }} Contestant
 * @typedef {{ cores: number, dir: string, landing: string, tables: string[] }} Run
 */

/** Seen with `probe.mjs`, which gives every contestant a day with one fault in it. */
const NONE_KEEPS = 'lineage, quarantine, duplicates, ledger';
const WRITTEN = `types, the gzip's checksum (Python's tarfile does not reach it), ${NONE_KEEPS}`;

/** @type {Contestant[]} */
export const CONTESTANTS = [
  {
    id: 'partnerday-engine',
    name: 'Partnerday, engine alone',
    form: 'partnerday',
    version: partnerdayVersion,
    prepare: linkLanding,
    command: (run) => [
      process.execPath,
      join(ENGINE, 'ingest.mjs'),
      `file://${join(run.dir, 'store')}`,
      join(run.dir, 'out', 'counts.json'),
      String(run.cores),
    ],
    fileOf: (table, run) => join(run.dir, 'store', PARTNER, DATE, 'v1', `${table}.csv`),
    unchecked:
      'nothing: types of every value, nulls, UTF-8, CRC32, ragged rows, order, lineage, quarantine, ledger',
  },
  {
    id: 'partnerday-s3',
    name: 'Partnerday, engine alone, S3 with its server',
    form: 'partnerday',
    version: partnerdayVersion,
    prepare: (run) =>
      execFileSync(process.execPath, [join(ENGINE, 'ingest-s3.mjs'), 'land', run.dir, run.landing], {
        stdio: 'pipe',
      }),
    command: (run) => [
      process.execPath,
      join(ENGINE, 'ingest-s3.mjs'),
      'ingest',
      run.dir,
      join(run.dir, 'out', 'counts.json'),
      String(run.cores),
    ],
    fileOf: (table, run) => join(run.dir, 's3', 'buckets', 'partnerday', PARTNER, DATE, 'v1', `${table}.csv`),
    unchecked: 'nothing',
  },
  {
    id: 'partnerday-command',
    name: 'Partnerday on Temporal (up, run, down)',
    form: 'partnerday',
    version: partnerdayVersion,
    prepare: linkLanding,
    command: (run) => [process.execPath, join(ENGINE, 'whole-command.mjs'), run.dir],
    fileOf: (table, run) => join(run.dir, 'store', PARTNER, DATE, 'v1', `${table}.csv`),
    unchecked: 'nothing; durable: survives the death of any of its processes',
  },
  {
    id: 'xan',
    name: 'xan',
    form: 'tuned',
    version: () => firstLine(XAN, '--version'),
    command: (run) => [
      'bash',
      join(PEERS, 'xan_merge.sh'),
      XAN,
      run.landing,
      join(run.dir, 'out'),
      join(run.dir, 'work'),
      String(run.cores),
      ...run.tables,
    ],
    fileOf: outFile,
    unchecked: `booleans among the types, a quote that is never closed, ${NONE_KEEPS}`,
  },
  python('polars', 'tuned', `types, short rows (filled with nulls), order of rows, ${NONE_KEEPS}`),
  python('polars', 'written', `short rows (filled with nulls), ${WRITTEN}`),
  python('duckdb', 'tuned', `types, a quote that is never closed, order of rows, ${NONE_KEEPS}`, 'DuckDB'),
  python(
    'duckdb',
    'written',
    `ragged rows (their whole file is read as something else), ${WRITTEN}`,
    'DuckDB',
  ),
  python('chdb', 'tuned', `types, a quote that is never closed, order of rows, ${NONE_KEEPS}`, 'chDB'),
  python(
    'chdb',
    'written',
    `types, UTF-8, a quote that is never closed, the gzip's checksum, archives sent twice, order of rows, ${NONE_KEEPS}`,
    'chDB',
  ),
  python('pandas', 'written', `short rows (filled with nulls), ${WRITTEN}`),
  python('pyspark', 'tuned', `types, ragged rows, a quote that is never closed, ${NONE_KEEPS}`, 'PySpark'),
  python('pyspark', 'written', `ragged rows, a quote that is never closed, ${WRITTEN}`, 'PySpark'),
  limit('igzip', 'igzip -dc (ISA-L)', () => firstLine('igzip', '--version'), ['igzip', '-dc']),
  limit('pigz', 'pigz -dc', () => firstLine('pigz', '--version'), ['pigz', '-dc']),
  limit('node-zlib', 'node:zlib createGunzip', () => `Node.js ${process.version}`, [
    process.execPath,
    join(PEERS, 'node-gunzip.mjs'),
  ]),
];

/** A peer written in Python: one script with a function per form. */
function python(peer, mode, unchecked, name = peer) {
  return {
    id: `${peer}-${mode}`,
    name,
    form: mode === 'tuned' ? 'tuned' : 'as people write it',
    version: () => firstLine(PYTHON, '-c', `import ${peer}; print(${peer}.__version__)`),
    command: (run) => [
      PYTHON,
      join(PEERS, `${peer}_merge.py`),
      '--mode',
      mode,
      '--landing',
      run.landing,
      '--out',
      join(run.dir, 'out'),
      '--work',
      join(run.dir, 'work'),
      '--cores',
      String(run.cores),
      '--tables',
      ...run.tables,
    ],
    fileOf: outFile,
    unchecked,
  };
}

/** Inflates all archives to nowhere, as many at a time as there are cores. */
function limit(id, name, version, gunzip) {
  return {
    id,
    name,
    form: 'limit',
    version,
    command: (run) => ['bash', join(PEERS, 'inflate.sh'), run.landing, String(run.cores), ...gunzip],
    unchecked: 'everything: it only inflates',
  };
}

function outFile(table, run) {
  return join(run.dir, 'out', `${table}.csv`);
}

/** The partner's archives where the store expects them: hard links, so that nothing is copied. */
function linkLanding(run) {
  const target = join(run.dir, 'store', 'landing', PARTNER, DATE);
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(run.landing)) {
    const from = join(run.landing, name);
    try {
      linkSync(from, join(target, name));
    } catch (error) {
      if (error.code !== 'EXDEV' && error.code !== 'EPERM') throw error;
      cpSync(from, join(target, name), { preserveTimestamps: true });
    }
  }
}

function partnerdayVersion() {
  return `commit ${firstLine('git', '-C', ROOT, 'describe', '--always', '--dirty')}`;
}

function firstLine(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .split('\n')[0]
    .trim();
}
