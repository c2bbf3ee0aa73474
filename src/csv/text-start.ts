import type { Dialect } from '../config/rules.js';

const BOMS: readonly { name: string; bytes: readonly number[]; encoding?: Dialect['encoding'] }[] = [
  { name: 'UTF-32', bytes: [0xff, 0xfe, 0, 0] },
  { name: 'UTF-32', bytes: [0, 0, 0xfe, 0xff] },
  { name: 'UTF-8', bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { name: 'UTF-16 (little-endian)', bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { name: 'UTF-16 (big-endian)', bytes: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** Bytes `inspectTextStart` wants to see, unless the member is shorter. */
export const TEXT_START_BYTES = 4;

/**
 * Looks at the first bytes of a member. `skip`: length of the byte-order mark that agrees with the encoding.
 * `mismatch`: why these bytes cannot be in it.
 */
export function inspectTextStart(
  head: Uint8Array,
  encoding: Dialect['encoding'],
): { skip: number; mismatch?: string } {
  const bom = BOMS.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (bom === undefined) {
    const iso2022 = head[0] === 0x1b && head[1] === 0x24;
    return iso2022 ? { skip: 0, mismatch: 'starts with an ISO-2022 escape sequence' } : { skip: 0 };
  }
  if (bom.encoding === encoding) return { skip: bom.bytes.length };
  return {
    skip: 0,
    mismatch: `starts with a ${bom.name} byte-order mark, but dialect.encoding is ${encoding}`,
  };
}
