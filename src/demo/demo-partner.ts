import type { SourceTable } from './source-tables.js';

/** How a partner of the demo exports its tables. Its configuration says the same in the product's words. */
export interface DemoPartnerSpec {
  id: string;
  name: string;
  /** `partners/{id}.yaml`, with comments for the reader. */
  yaml: string;
  archivesPerDay: number;
  completion: 'manifest' | 'marker' | 'signal';
  tables: DemoTableSpec[];
  /** `date` is `YYYY-MM-DD`; numbers count from 1. */
  archiveName(date: string, number: number): string;
  memberName(table: string, date: string, batch: number): string;
  dialect: WrittenDialect;
}

export interface DemoTableSpec {
  table: string;
  /** File of the data package, without `.csv`. */
  file: string;
  batchesPerDay: number;
  lineEnd?: '\r\n';
}

export interface WrittenDialect {
  delimiter: ',' | ';';
  encoding: 'utf-8' | 'utf-16le';
  /** Written for an empty value. */
  nullToken: string;
}

/** One member before it is written: part of a table, possibly changed by what is planted. */
export interface Batch extends SourceTable {
  table: string;
  /** From 1. */
  number: number;
  /** Batches of this table that day. */
  of: number;
  /** From 0. */
  archive: number;
}

export function compact(date: string): string {
  return date.replaceAll('-', '');
}

export function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
