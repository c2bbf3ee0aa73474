import type { Contract, Dialect, Limits, MemberRules } from '../config/rules.js';
import type { ColumnType } from '../ingest/manifest.js';
import type { Finding, FindingCode } from '../quality/finding.js';
import type { Checkpoint } from './checkpoints.js';

/**
 * The seam between the archive reader and whatever scans CSV bytes. A scan is synchronous and streaming: bytes of one
 * member go in, in chunks of any size; canonical rows, quarantined rows and one profile come out, and none of them
 * depends on where the chunks were cut.
 *
 * What a scanner accepts (csv-parse is the oracle):
 * - Outside quotes CRLF, LF and CR each end a row; a blank line is no row (`blankLines` decides for one-column tables).
 * - A quote opens only at the start of a field; inside it a doubled quote is one quote, everything else is kept.
 * - The first line that is not blank is the header: no empty and no repeated name (after NFC and aliases).
 *
 * A row is quarantined, and scanning goes on, when it is short or long (`row-short`, `row-long`), breaks the quoting
 * (`row-quote`: the row then ends at the next line end, in quotes or not), holds a NUL or is a lone ^Z (`row-nul`), is
 * not valid in its encoding (`row-encoding`), is longer than `recordBytes` (`row-limit`: the row ends at the next line
 * end after the limit), or is still in quotes at the end of the member (`row-unterminated-quote`). A value that does not fit the table's types
 * is `row-type` where the contract says `discard` or `quarantine`.
 *
 * The whole member is rejected when no header can be read, a quoted field does not close within `recordBytes`, or
 * more than `MAX_QUARANTINED_ROWS` rows were set aside.
 */
export interface MemberScan {
  /** What was written and has not passed yet (see `onPassed`). */
  readonly held: Uint8Array;
  /** The chunk is only read during the call. */
  write(chunk: Uint8Array): void;
  /** Exactly once, after the last chunk. */
  end(): MemberProfile;
}

export type CreateMemberScan = (options: MemberScanOptions) => MemberScan;

export interface MemberScanOptions {
  /** For findings only; already escaped. */
  readonly member: string;
  readonly table: TableScanRules;
  readonly limits: Pick<Limits, 'recordBytes' | 'headerBytes' | 'columns'>;
  readonly rows: RowSink;
  readonly quarantine: QuarantineSink;
  /**
   * Called with every byte of the member once, in order. Rows that were written as they stand are pieces of the same
   * memory, and were written before this is called.
   */
  onPassed?(bytes: Uint8Array): void;
  /** Called once, before the first row, with the canonical names in the order rows are written. */
  onHeader?(header: readonly string[]): void;
  /** Called with every row written, from `onRowFrom` on; from there on rows are taken one by one. */
  onRow?(row: WrittenRow): void;
  /** Canonical bytes before the first row of interest. Default 0. */
  readonly onRowFrom?: number;
}

/** A row as it stands in the member. */
export interface WrittenRow {
  /** Rows written before it. */
  readonly row: number;
  readonly line: number;
  /** Absent where the member was decoded from another encoding. */
  readonly offset?: number;
  /** Without its line end; UTF-8 where the member was decoded. Valid during the call. */
  readonly raw: Uint8Array;
}

/** The rules of one table, with the partner's defaults filled in. */
export interface TableScanRules {
  readonly table: string;
  readonly dialect: Dialect;
  readonly contract: Contract;
  readonly blankLines: MemberRules['blankLines'];
  readonly aliases: Readonly<Record<string, string>>;
  /** Expected columns; absent: learned from the data. */
  readonly columns?: readonly string[];
  /** Expected types by column name. */
  readonly types: Readonly<Record<string, Exclude<ColumnType, 'null'>>>;
}

export interface RowSink {
  /** CRC32 of all rows so far, where the callee takes it. */
  readonly crc?: number;
  /** Whole canonical rows, each with its LF. The callee copies what it keeps: the bytes are overwritten afterwards. */
  write(rows: Uint8Array): void;
}

export interface QuarantineSink {
  row(row: QuarantinedRow): void;
}

export interface QuarantinedRow {
  /** 1-based data row. */
  readonly row: number;
  /** 1-based physical line on which the row starts. */
  readonly line: number;
  /** Byte offset of the row in the member; absent where the member was decoded from another encoding. */
  readonly offset?: number;
  readonly code: FindingCode;
  readonly detail: string;
  /** The row without its line end (UTF-8 where the member was decoded), at most `MAX_RAW_BYTES`; absent where the contract drops it. */
  readonly raw?: Uint8Array;
}

/** More bad rows than this and the member as a whole is set aside. */
export const MAX_QUARANTINED_ROWS = 10_000;
/** Of a row above `recordBytes` this much is kept in the quarantine; the rest stays in the archive. */
export const MAX_RAW_BYTES = 64 * 1024;

export interface MemberProfile {
  /** Canonical names in the order rows were written. Absent when no header could be read. */
  readonly header?: readonly string[];
  /** Data rows read = rows written + rows quarantined. */
  readonly rows: number;
  readonly rowsQuarantined: number;
  /** Per column of the header, over the rows written. */
  readonly nulls: readonly number[];
  readonly types: readonly ColumnType[];
  /** In order. */
  readonly checkpoints: readonly Checkpoint[];
  /** One per code and member, with the place of the first and the count of all. */
  readonly findings: readonly Finding[];
  /** Why the whole member must be set aside; rows already written must then not be used. */
  readonly rejected?: Finding;
}
