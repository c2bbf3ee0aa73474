import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { TransientError } from '../../errors.js';

/** The database gave up: out of disk, or of the memory it was given. */
export class RelationQueryError extends TransientError {}

export interface RelationDatabaseOptions {
  /** Beyond this it spills to disk. */
  readonly memoryBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** While a query runs, again and again. */
  readonly onProgress?: (() => void) | undefined;
}

/** So many files are taken in by one statement, or fewer that have so many bytes. */
const BATCH_FILES = 256;
const BATCH_BYTES = 32 * 2 ** 20;
const PULSE_MS = 5_000;

/**
 * Rows kept aside, in a DuckDB database of its own on the local disk: memory is bounded by a limit, not by the day.
 * The library is loaded only here, and only by whoever checks rules across tables.
 */
export class RelationDatabase {
  #batch: { names: string[]; bytes: number } = { names: [], bytes: 0 };

  private constructor(
    private readonly dir: string,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly options: RelationDatabaseOptions,
  ) {}

  static async open(options: RelationDatabaseOptions): Promise<RelationDatabase> {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const dir = await mkdtemp(join(tmpdir(), 'partnerday-rules-'));
    try {
      await mkdir(join(dir, 'rows'));
      const instance = await DuckDBInstance.create(join(dir, 'rows.duckdb'), {
        threads: '2',
        memory_limit: `${Math.floor(options.memoryBytes / 2 ** 20)}MiB`,
        temp_directory: join(dir, 'spilled'),
        preserve_insertion_order: 'false',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
      return new RelationDatabase(dir, instance, await instance.connect(), options);
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  async createTable(name: string, columns: readonly string[]): Promise<void> {
    const listed = columns.map((column) => `${column} VARCHAR, `).join('');
    await this.run(`CREATE TABLE ${name} (${listed}archive INTEGER)`);
  }

  /** Takes in the rows of one archive: canonical CSV with the columns given, of which the table has some. */
  async add(table: RelationTable, archive: number, rows: AsyncIterable<Uint8Array>): Promise<void> {
    const name = `${archive}.csv`;
    const file = await open(join(this.dir, 'rows', name), 'w');
    try {
      for await (const chunk of rows) {
        await file.writeFile(chunk);
        this.#batch.bytes += chunk.byteLength;
      }
    } finally {
      await file.close();
    }
    this.#batch.names.push(name);
    if (this.#batch.names.length >= BATCH_FILES || this.#batch.bytes >= BATCH_BYTES) await this.flush(table);
  }

  /** Ends a run of archives with the same columns. */
  async flush({ name, columns, given, nullTokens }: RelationTable): Promise<void> {
    const { names } = this.#batch;
    if (names.length === 0) return;
    const files = names.map((file) => text(join(this.dir, 'rows', file))).join(', ');
    const types = given.map((_, index) => `'f${index}': 'VARCHAR'`).join(', ');
    const tokens = nullTokens.map(text).join(', ');
    const values = columns.map((column) => {
      const field = `f${given.indexOf(column)}`;
      return tokens === '' ? field : `CASE WHEN ${field} IN (${tokens}) THEN NULL ELSE ${field} END`;
    });
    await this.run(
      `INSERT INTO ${name} SELECT ${values.join(', ')}, CAST(parse_filename(filename, true) AS INTEGER)
         FROM read_csv([${files}], columns = {${types}}, auto_detect = false, header = false, delim = ',',
           quote = '"', escape = '"', new_line = '\\n', filename = true)`,
    );
    for (const file of names) await rm(join(this.dir, 'rows', file));
    this.#batch = { names: [], bytes: 0 };
  }

  async run(sql: string): Promise<void> {
    await this.#watched(() => this.connection.run(sql));
  }

  /** Every value as text, `null` where there is none. */
  async rows(sql: string): Promise<(string | null)[][]> {
    const reader = await this.#watched(() => this.connection.runAndReadAll(sql));
    return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  }

  async close(): Promise<void> {
    this.connection.closeSync();
    this.instance.closeSync();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #watched<T>(query: () => Promise<T>): Promise<T> {
    const { signal, onProgress } = this.options;
    signal?.throwIfAborted();
    const pulse = setInterval(() => onProgress?.(), PULSE_MS);
    const interrupt = () => this.connection.interrupt();
    signal?.addEventListener('abort', interrupt);
    try {
      return await query();
    } catch (error) {
      signal?.throwIfAborted();
      throw new RelationQueryError(`rules across tables: ${(error as Error).message.split('\n')[0]}`, {
        cause: error,
      });
    } finally {
      clearInterval(pulse);
      signal?.removeEventListener('abort', interrupt);
    }
  }
}

export interface RelationTable {
  /** In the database. */
  name: string;
  /** The table's own. */
  columns: readonly string[];
  /** What the rows have that are taken in next. */
  given: readonly string[];
  nullTokens: readonly string[];
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
