import type { PartnerConfig } from '../../config/partner-config.js';
import type { Dialect } from '../../config/rules.js';

export type Masking = PartnerConfig['masking'];

/**
 * A row of which only the form is left: letters become `x` and `X`, digits `9`, other characters of text `x`. What makes
 * a row faulty mostly is its form: delimiters, quotes, and bytes that are no text stay as they are.
 */
export function maskRow(
  row: Buffer,
  columns: readonly string[],
  { delimiter, quote }: Pick<Dialect, 'delimiter' | 'quote'>,
  { values, show }: Masking,
): Buffer {
  if (values === 'none') return row;
  const shown = new Set(show);
  const [split, wrap] = [delimiter.charCodeAt(0), quote.charCodeAt(0)];
  const masked = Buffer.from(row);
  const out: number[] = [];
  let [column, isQuoted] = [0, false];
  for (let at = 0; at < masked.length; ) {
    const byte = masked[at]!;
    const width = widthOf(masked, at);
    if (byte === wrap) isQuoted = !isQuoted;
    if (byte === split && !isQuoted) column++;
    const name = columns[column];
    if (byte === split || byte === wrap || (name !== undefined && shown.has(name)))
      out.push(...masked.subarray(at, at + width));
    else if (width > 1) out.push(0x78);
    else out.push(maskedByte(byte));
    at += width;
  }
  return Buffer.from(out);
}

function maskedByte(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return 0x39;
  if (byte >= 0x41 && byte <= 0x5a) return 0x58;
  if (byte >= 0x61 && byte <= 0x7a) return 0x78;
  return byte;
}

/** Bytes of the UTF-8 character that begins here; 1 for what is none. */
function widthOf(bytes: Buffer, at: number): number {
  const byte = bytes[at]!;
  const width = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
  for (let next = at + 1; next < at + width; next++) if ((bytes[next]! & 0xc0) !== 0x80) return 1;
  return at + width <= bytes.length ? width : 1;
}
