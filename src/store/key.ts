import { toUSVString } from 'node:util';
import { TerminalError } from '../errors.js';

/** S3's limit; the file store keeps it too, so that a store can be moved from one to the other. */
export const MAX_KEY_BYTES = 1024;

/** A key that could leave its place, or that two stores would understand differently. Nothing was read or written. */
export class InvalidKeyError extends TerminalError {
  constructor(key: string, reason: string) {
    super(`key ${JSON.stringify(key)} is refused: ${reason}`);
  }
}

/** @throws InvalidKeyError unless every segment of the key is a plain name. */
export function validateKey(key: string): void {
  const reason = key === '' ? 'it is empty' : flaw(key, key.split('/'));
  if (reason !== undefined) throw new InvalidKeyError(key, reason);
}

/** Like a key, but may be empty and may end anywhere: after `/` or inside a name. */
export function validatePrefix(prefix: string): void {
  const segments = prefix.split('/');
  if (segments.at(-1) === '') segments.pop();
  const reason = flaw(prefix, segments);
  if (reason !== undefined) throw new InvalidKeyError(prefix, reason);
}

/** Order of the UTF-8 bytes, without encoding: only surrogates and U+E000..U+FFFF sort otherwise in UTF-16. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function flaw(key: string, segments: readonly string[]): string | undefined {
  if (key.startsWith('/')) return 'it starts with "/"; keys are relative to the store';
  if (key.includes('\0')) return 'it contains a NUL byte';
  if (toUSVString(key) !== key) return 'it is not valid Unicode';
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes`;
  for (const segment of segments) {
    if (segment === '') return 'it has an empty segment ("//" or a "/" at the end)';
    if (segment === '.' || segment === '..') return `it has a "${segment}" segment`;
  }
  return undefined;
}
