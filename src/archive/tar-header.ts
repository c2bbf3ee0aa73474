import { cut, reject } from './archive-fault.js';

export const BLOCK_BYTES = 512;

/** Sum of a header with nothing in it but its checksum: some readers take it for a zero block. */
const EMPTY_SUM = 8 * 0x20;

/** One 512-byte header, as far as it matters here. */
export interface TarHeader {
  /** The type flag as a character; old tars write NUL for a regular file or, with a `/` at the end, a directory. */
  readonly type: string;
  /** Name bytes up to the first NUL, prefix included. */
  readonly name: Uint8Array;
  readonly size: number;
  /** The checksum was made of signed bytes, as some old tars did. */
  readonly signedChecksum: boolean;
}

/**
 * Reads a header strictly: what two tar readers could understand differently is refused.
 * @param offset of the block in the tar, for messages
 * @throws ArchiveFault
 */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  const checksum = storedChecksum(block);
  const signedChecksum = checksum !== unsignedChecksum(block);
  if (signedChecksum && checksum !== signedSum(block)) {
    throw cut('archive-corrupt', `the header at byte ${offset} of the tar has a wrong checksum`);
  }
  if (checksum === EMPTY_SUM) throw reject('archive-hostile', `an empty header at byte ${offset} of the tar`);
  const magic = latin1(block, 257, 263);
  const ustar = magic === 'ustar\0';
  const name = untilNul(block, 0, 100);
  const prefix = ustar && block[345] !== 0 ? untilNul(block, 345, 500) : undefined;
  return {
    type: String.fromCharCode(block[156]!),
    name: prefix ? Buffer.concat([prefix, Buffer.from('/'), name]) : Buffer.from(name),
    size: parseSize(block.subarray(124, 136), offset),
    signedChecksum,
  };
}

/** A copy with the checksum made anew and, if given, another name: for tar-stream, where it would misread the original. */
export function rewriteHeader(block: Uint8Array, name?: string): Buffer {
  const copy = Buffer.from(block);
  if (name !== undefined) copy.fill(0, 0, 100).write(name, 0, 100, 'latin1');
  copy.write(`${unsignedChecksum(copy).toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return copy;
}

function unsignedChecksum(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK_BYTES; i++) if (i < 148 || i >= 156) sum += block[i]!;
  return sum;
}

function signedSum(block: Uint8Array): number {
  let sum = unsignedChecksum(block);
  for (let i = 0; i < BLOCK_BYTES; i++) if ((i < 148 || i >= 156) && block[i]! > 127) sum -= 256;
  return sum;
}

function storedChecksum(block: Uint8Array): number | undefined {
  const stored = /^ *([0-7]{1,8})[\0 ]*$/.exec(latin1(block, 148, 156));
  return stored ? Number.parseInt(stored[1]!, 8) : undefined;
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
