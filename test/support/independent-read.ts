import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PartnerConfig } from '../../src/config/partner-config.js';

const SCRIPT = fileURLToPath(new URL('independent_read.py', import.meta.url));

export interface LandedArchive {
  /** Relative to the store's root; decides the order of rows. */
  key: string;
  /** Where a copy lies on this machine. */
  path: string;
  source?: string;
}

export interface IndependentRequest {
  archives: LandedArchive[];
  /** `YYYY-MM-DD` */
  date: string;
  config: Pick<PartnerConfig, 'members' | 'dialect' | 'tables'>;
  /** Paths of the published CSVs, to be compared row by row. */
  published?: Record<string, string>;
}

/** A table as Python's `tarfile` and strict `csv` read it from the archives. */
export interface IndependentTable {
  /** Union of the members' columns, by first appearance in canonical order. */
  columns: string[];
  files: number;
  rows: number;
  /** Rows with another number of fields than the header; not among `rows`. */
  rowsRejected: number;
  headerConsistent: boolean;
  missingFields: string[];
  /** Empty values, null tokens, and cells of columns a member lacks; of `rows` x `columns`. */
  nullCells: number;
  /** The first place where the published CSV is not what it must be; `null` when it is equal, or was not given. */
  difference: string | null;
}

export interface IndependentReading {
  /** In canonical order. `members`: plain files that are there in full. */
  archives: { key: string; outcome: 'whole' | 'cut' | 'corrupt'; members: number }[];
  tables: Record<string, IndependentTable>;
  /** `{archive key} {member}` of files whose name does not match. */
  skipped: string[];
  /** Members that were there before, by name and bytes. */
  duplicates: number;
}

/** Reads archives without any of Partnerday's code (Python 3.11), and compares published tables with them. */
export async function readIndependently(request: IndependentRequest): Promise<IndependentReading> {
  const { members, dialect, tables } = request.config;
  const { archives, date, published } = request;
  const python = spawn('python3', [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    python.once('error', reject);
    python.once('close', resolve);
  });
  python.stdin.on('error', () => undefined);
  python.stdin.end(JSON.stringify({ archives, date, published, members, dialect, tables }));
  const [code, stdout, stderr] = await Promise.all([exit, text(python.stdout), text(python.stderr)]);
  if (code !== 0) throw new Error(`independent_read.py ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as IndependentReading;
}

/** The archives that lie below a landing prefix of a file store. */
export async function landedArchives(store: string, partner: string, date: string): Promise<LandedArchive[]> {
  const prefix = `landing/${partner}/${date}/`;
  const names = await readdir(join(store, prefix));
  return names
    .filter((name) => name.endsWith('.tar.gz'))
    .map((name) => ({ key: prefix + name, path: join(store, prefix, name) }));
}
