import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC32 (IEEE, unsigned) of `bytes`; `seed` is the CRC32 of what came before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  // Of memory that is not there zlib says 0.
  return bytes.byteLength === 0 ? seed : zlibCrc32(bytes, seed);
}

/** The reflected CRC-32 polynomial; a polynomial's x^0 is the highest bit. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** `SQUARES[k]` = x^(2^k) mod P. x has order 2^32 - 1, so the sequence repeats after 32 steps. */
const SQUARES = squares();

/**
 * CRC32 of A followed by B, from CRC32(A), CRC32(B) and B's length alone: A's CRC is multiplied by
 * x^(8 * lengthB) in GF(2)[x]/P. Exact for every length a number can count (2^53 - 1).
 */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  if (!Number.isSafeInteger(lengthB) || lengthB < 0) {
    throw new RangeError(`combineCrc32: expected a length of 0 or more bytes, got ${lengthB}`);
  }
  let shift = ONE;
  // Multiplying the length by 8 bits a byte is starting at x^(2^3).
  for (let rest = lengthB, k = 3; rest > 0; rest = Math.floor(rest / 2), k++) {
    if (rest % 2 === 1) shift = multiply(SQUARES[k & 31]!, shift);
  }
  return (multiply(shift, crcA) ^ crcB) >>> 0;
}

/** a * b mod P. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

function squares(): Uint32Array {
  const table = new Uint32Array(32);
  table[0] = 0x40000000;
  for (let k = 1; k < 32; k++) table[k] = multiply(table[k - 1]!, table[k - 1]!);
  return table;
}
