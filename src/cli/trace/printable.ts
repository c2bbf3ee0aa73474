import { isUtf8 } from 'node:buffer';
import { escapeBytes, escapeText } from '../../archive/escape-text.js';

/** Longest text shown to people; `-o json` has all of it. */
const SHOWN = 2_000;

/** Bytes from outside on one line: text as it is, whatever could move a cursor escaped, other bytes as `\xNN`. */
export function printable(bytes: Buffer, shown = SHOWN): string {
  const text = isUtf8(bytes) ? escapeText(bytes.toString('utf8')) : escapeBytes(bytes);
  if (text.length <= shown) return text;
  return `${text.slice(0, shown)}… (${text.length - shown} more characters)`;
}

/** For JSON: the text where it is one; bytes that are no UTF-8 in base64. */
export function asJson(bytes: Buffer): { text: string } | { base64: string } {
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
}
