import type { Batch, WrittenDialect } from './demo-partner.js';

/** A member's bytes as the partner's export writes them. UTF-16 begins with a byte order mark, as exports have it. */
export function writeCsv(batch: Batch, dialect: WrittenDialect, lineEnd = '\n'): Buffer {
  const line = (cells: string[]): string =>
    cells.map((cell) => field(cell, dialect)).join(dialect.delimiter) + lineEnd;
  const text = line(batch.header) + batch.rows.map(line).join('');
  return dialect.encoding === 'utf-16le'
    ? Buffer.from(`\ufeff${text}`, 'utf16le')
    : Buffer.from(text, 'utf8');
}

function field(value: string, { delimiter, nullToken }: WrittenDialect): string {
  if (value === '') return nullToken;
  const special = value.includes(delimiter) || /["\r\n]/.test(value);
  return special ? `"${value.replaceAll('"', '""')}"` : value;
}
