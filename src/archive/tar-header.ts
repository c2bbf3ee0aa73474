import { cut, reject } from './archive-fault.js';

export const BLOCK_BYTES = 512;

/** One 512-byte header, as far as it matters here. */
export interface TarHeader {
  /** The type flag as a character; NUL is `0`. */
  readonly type: string;
  /** Name bytes up to the first NUL, prefix included. */
  readonly name: Uint8Array;
  readonly size: number;
}

/**
 * Reads a header strictly: what two tar readers could understand differently is refused.
 * @param offset of the block in the tar, for messages
 * @throws ArchiveFault
 */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  requireChecksum(block, offset);
  const magic = latin1(block, 257, 263);
  const ustar = magic === 'ustar\0';
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
  const name = untilNul(block, 0, 100);
  const prefix = ustar && block[345] !== 0 ? untilNul(block, 345, 500) : undefined;
  return {
    type: type === '0' && name.at(-1) === SLASH ? '5' : type,
    name: prefix ? Buffer.concat([prefix, Buffer.from('/'), name]) : Buffer.from(name),
    size: parseSize(block.subarray(124, 136), offset),
  };
}

const SLASH = 0x2f;

function requireChecksum(block: Uint8Array, offset: number): void {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i]!;
  for (let i = 156; i < BLOCK_BYTES; i++) sum += block[i]!;
  const stored = /^ *([0-7]{1,8})[\0 ]*$/.exec(latin1(block, 148, 156));
  if (stored && Number.parseInt(stored[1]!, 8) === sum) return;
  throw cut('archive-corrupt', `the header at byte ${offset} of the tar has a wrong checksum`);
}

/** Octal, or base-256 with the high bit set. */
function parseSize(field: Uint8Array, offset: number): number {
  const where = `in the header at byte ${offset} of the tar`;
  if (field[0]! & 0x80) {
    if (field[0] !== 0x80) throw reject('archive-hostile', `negative or oversized base-256 size ${where}`);
    let size = 0;
    for (const byte of field.subarray(1)) size = size * 256 + byte;
    if (!Number.isSafeInteger(size)) throw reject('archive-limit', `a size of ${size} bytes ${where}`);
    return size;
  }
  const octal = /^ *([0-7]*)[\0 ]*$/.exec(latin1(field, 0, field.length));
  if (!octal) throw reject('archive-hostile', `the size is not an octal number ${where}`);
  return octal[1] === '' ? 0 : Number.parseInt(octal[1]!, 8);
}

function untilNul(block: Uint8Array, from: number, to: number): Uint8Array {
  const end = block.subarray(from, to).indexOf(0);
  return block.subarray(from, end < 0 ? to : from + end);
}

function latin1(block: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...block.subarray(from, to));
}
