import { isUtf8 } from 'node:buffer';
import { escapeBytes, escapeText, hasInvisible } from './escape-text.js';

/** A longer name is skipped. */
const MAX_NAME_BYTES = 1024;

/** A name from an archive, judged before anything is done with it. */
export type MemberPath =
  /** `path`: without `.` segments and repeated slashes. `printable`: as in the archive, safe to show. */
  | { readonly kind: 'plain'; readonly path: string; readonly printable: string }
  /** Not to be used, but no danger to the rest of the archive. */
  | { readonly kind: 'unusable'; readonly reason: string; readonly printable: string }
  /** Tries to lead out of the archive: whoever made it cannot be trusted with the rest. */
  | { readonly kind: 'hostile'; readonly reason: string; readonly printable: string };

export function judgeMemberPath(name: Uint8Array): MemberPath {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.byteLength);
  const printable = shorten(isUtf8(bytes) ? escapeText(bytes.toString('utf8')) : escapeBytes(bytes));
  const text = bytes.toString('latin1');
  const hostile = /(^|[/\\])\.\.([/\\]|$)/.test(text)
    ? 'a ".." segment'
    : /^[/\\]/.test(text)
      ? 'an absolute path'
      : /^[A-Za-z]:[/\\]/.test(text)
        ? 'a drive letter'
        : text.includes('\\') && isUtf8(bytes)
          ? 'a backslash'
          : undefined;
  if (hostile) return { kind: 'hostile', reason: hostile, printable };
  if (bytes.length > MAX_NAME_BYTES)
    return { kind: 'unusable', reason: `a name of ${bytes.length} bytes`, printable };
  if (!isUtf8(bytes)) return { kind: 'unusable', reason: 'a name that is not UTF-8', printable };
  const path = bytes
    .toString('utf8')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
  if (path === '') return { kind: 'unusable', reason: 'an empty name', printable };
  if (hasInvisible(path))
    return { kind: 'unusable', reason: 'control or invisible characters in the name', printable };
  return { kind: 'plain', path, printable };
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
