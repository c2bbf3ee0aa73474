const NEEDS_QUOTES = /[",\r\n]/;

/** A table's header as the first line of its CSV: UTF-8, quoted where needed, LF. */
export function headerLine(columns: readonly string[]): Buffer {
  const fields = columns.map((name) => (NEEDS_QUOTES.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  return Buffer.from(`${fields.join(',')}\n`);
}
