import { isUtf8 } from 'node:buffer';
import { reject } from './archive-fault.js';

/** What a PAX header says about the next entry. */
export interface PaxRecords {
  readonly path?: Uint8Array;
  readonly size?: number;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const LF = 0x0a;

/**
 * Reads `length key=value\n` records strictly: lengths must add up to the last byte, numbers must be numbers, and
 * `path` and `size` may be given once. Unknown keys are skipped.
 * @throws ArchiveFault
 */
export function parsePaxRecords(body: Uint8Array, offset: number): PaxRecords {
  const refuse = (detail: string, code: 'archive-hostile' | 'archive-limit' = 'archive-hostile') =>
    reject(code, `${detail} in the PAX header at byte ${offset} of the tar`);
  let path: Uint8Array | undefined;
  let size: number | undefined;
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(SPACE, at);
    const digits = space < 0 || space - at > 10 ? '' : ascii(body.subarray(at, space));
    if (!/^[1-9][0-9]*$/.test(digits)) throw refuse('a record without a length');
    const end = at + Number(digits);
    const equals = body.indexOf(EQUALS, space);
    if (end > body.length || body[end - 1] !== LF || equals < 0 || equals >= end) {
      throw refuse('a record whose length is wrong');
    }
    const key = ascii(body.subarray(space + 1, equals));
    const value = body.subarray(equals + 1, end - 1);
    if (key.startsWith('GNU.sparse.')) throw refuse(`a sparse file (${key})`);
    if (key === 'path' || key === 'linkpath') {
      if (value.includes(0)) throw refuse(`a NUL byte in ${key}`);
      if (key === 'path') {
        if (path !== undefined) throw refuse('two records for path');
        if (value.length === 0) throw refuse('an empty path');
        path = Buffer.from(value);
      }
    } else if (key === 'size') {
      if (size !== undefined) throw refuse('two records for size');
      const text = isUtf8(value) ? ascii(value) : '';
      if (!/^[0-9]+$/.test(text)) throw refuse('a size that is not a number');
      size = Number(text);
      if (!Number.isSafeInteger(size)) throw refuse(`a size of ${size} bytes`, 'archive-limit');
    }
    at = end;
  }
  return { ...(path ? { path } : {}), ...(size === undefined ? {} : { size }) };
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
