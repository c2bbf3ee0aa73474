import type { QualityConfig } from '../config/quality-config.js';

type TableQuality = QualityConfig['tables'][string];
type ColumnQuality = TableQuality['columns'][string];
type Shared<A, B> = Extract<keyof A, keyof B>;

/** The partner's threshold, unless one is set for the table. */
export function tableThreshold(
  quality: QualityConfig,
  table: string,
  name: Shared<QualityConfig, Omit<TableQuality, 'columns'>>,
): number {
  return ownEntry(quality.tables, table)?.[name] ?? quality[name];
}

/** The same, unless one is set for the column. */
export function columnThreshold(
  quality: QualityConfig,
  table: string,
  column: string,
  name: Shared<QualityConfig, ColumnQuality>,
): number {
  const own = ownEntry(ownEntry(quality.tables, table)?.columns ?? {}, column)?.[name];
  return own ?? tableThreshold(quality, table, name);
}

/** A table or column may be called `constructor`. */
function ownEntry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
