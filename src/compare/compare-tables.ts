import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialect } from '../config/rules.js';
import { dialectSchema } from '../config/rules.js';
import { TerminalError } from '../errors.js';
import { type Matching, RowComparison } from './compare-rows.js';
import { readCsvRows, UnreadableCsvError, type Values, valueText } from './csv-rows.js';
import { encodeLine, hashText, keyOfLine } from './row-lines.js';
import { SpillFiles } from './spill-files.js';
import type { Side, Sides, TableComparison } from './table-comparison.js';

/** One or more CSV objects, each with a header of its own, that together are one side's table. */
export interface TableSource {
  dialect: Dialect;
  parts: readonly { name: string; bytes: number; open: () => Promise<AsyncIterable<Uint8Array>> }[];
}

export interface CompareOptions {
  table: string;
  /** Columns that identify a row. Empty: rows match by all their values. */
  key: readonly string[];
  /** Where rows are put aside; about as much as both tables take. Default: the system's. */
  scratch?: string | undefined;
  /** Bytes of both sides that are held in memory at once. Default 16 MiB. */
  partitionBytes?: number;
  onProgress?: ((side: Side, rows: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What was published is in this form, always. */
export const CANONICAL: Dialect = dialectSchema.parse({});

export class UnknownKeyError extends TerminalError {}

const PARTITION_BYTES = 16 * 1024 * 1024;
const MOST_FILES = 128;

/**
 * Compares two tables row by row, whatever the order of their rows and columns. Rows are spread over files by their key
 * first, so memory does not grow with the tables. @throws UnreadableCsvError, UnknownKeyError
 */
export async function compareTables(
  sources: Sides<TableSource>,
  options: CompareOptions,
): Promise<TableComparison> {
  const { table, partitionBytes = PARTITION_BYTES, signal } = options;
  const headers = { published: await headerOf(sources.published), legacy: await headerOf(sources.legacy) };
  const columns = sharedColumns(headers, options);
  const directory = await mkdtemp(join(options.scratch ?? tmpdir(), 'partnerday-compare-'));
  try {
    const matching: Matching = {
      directory,
      columns: columns.order,
      keys: columns.keys,
      partitionBytes,
      signal,
    };
    const bytes = (side: Side) => sources[side].parts.reduce((total, part) => total + part.bytes, 0);
    const files = Math.min(
      MOST_FILES,
      Math.max(1, Math.ceil((bytes('published') + bytes('legacy')) / partitionBytes)),
    );
    const spread = async (side: Side) => {
      const spill = new SpillFiles(directory, side, files);
      return {
        ...(await spreadRows(sources[side], side, matching, spill, options)),
        partitions: await spill.end(),
      };
    };
    const published = await spread('published');
    const legacy = await spread('legacy');
    const rows = new RowComparison(matching);
    for (let index = 0; index < files; index++) {
      await rows.compare({ published: published.partitions[index]!, legacy: legacy.partitions[index]! });
    }
    const counts = rows.result();
    const differs =
      counts.changed + counts.onlyPublished + counts.onlyLegacy + published.ragged + legacy.ragged > 0 ||
      columns.onlyPublished.length + columns.onlyLegacy.length > 0;
    return {
      table,
      same: !differs,
      rows: { published: published.rows, legacy: legacy.rows },
      columns: {
        onlyPublished: columns.onlyPublished,
        onlyLegacy: columns.onlyLegacy,
        reordered: columns.reordered,
      },
      key: [...options.key],
      ...counts,
      ragged: { published: published.ragged, legacy: legacy.ragged },
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every row as the shared columns in one order, into the file its key belongs to. */
async function spreadRows(
  { parts, dialect }: TableSource,
  side: Side,
  { columns, keys, signal }: Matching,
  spill: SpillFiles,
  { onProgress }: CompareOptions,
): Promise<{ rows: number; ragged: number }> {
  let [rows, ragged] = [0, 0];
  for (const { name, open } of parts) {
    let header: Values | undefined;
    let positions: number[] = [];
    for await (const batch of readCsvRows(name, await open(), dialect)) {
      signal?.throwIfAborted();
      for (const values of batch) {
        if (header === undefined) {
          header = values;
          positions = columns.map((column) => values.indexOf(column));
          if (positions.includes(-1))
            throw new UnreadableCsvError(`${name}: its columns are not those of the first part`);
          continue;
        }
        rows++;
        if (values.length !== header.length) ragged++;
        const line = encodeLine(positions.map((position) => values[position] ?? ''));
        await spill.write(hashText(keyOfLine(line, keys), 0) % spill.count, line);
      }
      onProgress?.(side, rows);
    }
  }
  return { rows, ragged };
}

async function headerOf({ parts, dialect }: TableSource): Promise<Values> {
  const [first] = parts;
  if (!first) throw new UnreadableCsvError('there is nothing to compare with');
  for await (const [header] of readCsvRows(first.name, await first.open(), dialect))
    if (header) return header;
  throw new UnreadableCsvError(`${first.name}: there is no header`);
}

function sharedColumns({ published, legacy }: Sides<Values>, { table, key }: CompareOptions) {
  const shared = published.filter((column) => legacy.includes(column));
  const wanted = key.map((column) => Buffer.from(column).toString('latin1'));
  const unknown = wanted.filter((column) => !shared.includes(column)).map(valueText);
  if (unknown.length > 0) {
    const both = shared.map(valueText).join(', ');
    throw new UnknownKeyError(
      `table ${table}: expected key columns that both sides have (${both}), received ${unknown.join(', ')}`,
    );
  }
  if (shared.length === 0)
    throw new UnknownKeyError(`table ${table}: the two sides have no column in common`);
  const legacyOrder = legacy.filter((column) => published.includes(column));
  return {
    order: [...wanted, ...shared.filter((column) => !wanted.includes(column))],
    keys: wanted.length > 0 ? wanted.length : shared.length,
    onlyPublished: published.filter((column) => !legacy.includes(column)).map(valueText),
    onlyLegacy: legacy.filter((column) => !published.includes(column)).map(valueText),
    reordered: shared.some((column, index) => column !== legacyOrder[index]),
  };
}
