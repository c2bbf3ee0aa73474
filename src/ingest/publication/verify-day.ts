import { RowCounter } from '../../csv/row-counter.js';
import { crc32 } from '../../store/crc32.js';
import { crc32Hex } from '../../store/crc32-hex.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { headerLine } from '../merging/header-line.js';
import { type MergeReceipt, mergeReceiptSchema } from '../merging/merge-receipt.js';
import { type Ledger, ledgerSchema } from './ledger.js';
import { requirePublication } from './pointer.js';
import type { PublishedTable } from './publication.js';

export interface VerifiedTable {
  table: string;
  status: PublishedTable['status'];
  key?: string;
  /** As read now. Absent: there is nothing to read. */
  bytes?: number;
  rows?: number;
  crc32?: number;
  /** What is not as published, one sentence each. Empty: all is well. */
  differences: string[];
}

export interface VerifiedDay {
  partner: string;
  date: string;
  version: number;
  ok: boolean;
  tables: VerifiedTable[];
}

export interface VerifyOptions extends CallOptions {
  onProgress?: (progress: { table: string; bytes: number; total: number }) => void;
}

/**
 * Reads every published table again and compares what is there with the publication, the merge's receipt and the
 * ledger. @throws NotPublishedError
 */
export async function verifyDay(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: VerifyOptions = {},
): Promise<VerifiedDay> {
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  const publication = await requirePublication(store, layout, call);
  const ledger = await readJson(store, publication.ledgerKey, ledgerSchema, call);
  const tables: VerifiedTable[] = [];
  for (const table of publication.tables)
    tables.push(await verifyTable(store, layout, table, ledger, options));
  const { partner, date, version } = publication;
  return { partner, date, version, ok: tables.every(({ differences }) => differences.length === 0), tables };
}

async function verifyTable(
  store: ObjectStore,
  layout: PartnerDayLayout,
  published: PublishedTable,
  ledger: Ledger | undefined,
  options: VerifyOptions,
): Promise<VerifiedTable> {
  const { table, status, key, version } = published;
  if (key === undefined) return { table, status, differences: [] };
  const call: CallOptions = options.signal === undefined ? {} : { signal: options.signal };
  const read = await readTable(store, published, key, options);
  if (read === undefined) return { table, status, key, differences: [`${key} is gone`] };
  const receipt =
    version === undefined
      ? undefined
      : await readJson(store, layout.version(version).merged(table), mergeReceiptSchema, call);
  const differences = [
    ...compare('the publication', published, read),
    ...(receipt === undefined ? ['its merge receipt is gone'] : compare('the receipt', receipt, read)),
    ...(ledger === undefined
      ? ['the ledger is gone']
      : status === 'merged'
        ? compareLedger(ledger, table, read)
        : []),
    ...(read.header
      ? []
      : [
          `the header is not ${headerLine(published.columns ?? [])
            .toString()
            .trim()}`,
        ]),
    ...(read.complete ? [] : ['the last row is cut']),
  ];
  return { table, status, key, bytes: read.bytes, rows: read.rows, crc32: read.crc32, differences };
}

interface ReadTable {
  bytes: number;
  rows: number;
  crc32: number;
  header: boolean;
  complete: boolean;
}

async function readTable(
  store: ObjectStore,
  { table, columns, bytes: total = 0 }: PublishedTable,
  key: string,
  { signal, onProgress }: VerifyOptions,
): Promise<ReadTable | undefined> {
  const header = headerLine(columns ?? []);
  const start = Buffer.alloc(header.byteLength);
  const counter = new RowCounter();
  let [bytes, sum] = [0, 0];
  try {
    const { stream } = await store.get(key, signal === undefined ? {} : { signal });
    for await (const chunk of stream) {
      if (bytes < start.byteLength) chunk.copy(start, bytes);
      bytes += chunk.byteLength;
      sum = crc32(chunk, sum);
      counter.write(chunk);
      onProgress?.({ table, bytes, total });
    }
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    // Overwritten under our hands: whatever was read is of neither version.
    if (error instanceof PreconditionFailedError)
      return { bytes, rows: 0, crc32: sum, header: false, complete: false };
    throw error;
  }
  return {
    bytes,
    rows: Math.max(0, counter.rows - 1),
    crc32: sum,
    header: start.equals(header),
    complete: counter.complete,
  };
}

function compare(
  name: string,
  said: Pick<Partial<MergeReceipt>, 'bytes' | 'rows' | 'crc32'> | PublishedTable,
  read: ReadTable,
): string[] {
  const differences: string[] = [];
  if (said.bytes !== read.bytes) differences.push(`${read.bytes} bytes, ${name} says ${said.bytes}`);
  if (said.rows !== read.rows) differences.push(`${read.rows} rows, ${name} says ${said.rows}`);
  if (said.crc32 !== read.crc32)
    differences.push(`CRC32 ${hex(read.crc32)}, ${name} says ${hex(said.crc32)}`);
  return differences;
}

function compareLedger({ identities }: Ledger, table: string, read: ReadTable): string[] {
  const rows = identities.find(({ name }) => name === `rows of ${table}`)?.parts.merged;
  const bytes = identities.find(({ name }) => name === `bytes of ${table}`)?.left;
  return [
    ...(rows === read.rows ? [] : [`${read.rows} rows, the ledger says ${rows}`]),
    ...(bytes === read.bytes ? [] : [`${read.bytes} bytes, the ledger says ${bytes}`]),
  ];
}

function hex(value: number | undefined): string {
  return value === undefined ? 'nothing' : crc32Hex(value);
}
