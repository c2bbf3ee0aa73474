import { combineCrc32, crc32 } from './crc32.js';

interface Piece {
  readonly bytes: Uint8Array;
  /** CRC32 of a run of bytes without these and with them at its end. */
  readonly before: number;
  readonly after: number;
}

/** Fewer bytes than this are faster looked at than combined. */
const WORTHWHILE_BYTES = 8 * 1024;
/** Pieces that wait to pass. They hold on to memory: where nobody lets them pass there must be an end to it. */
const MOST = 64;

/**
 * A CRC32 that looks only at bytes nobody else has looked at: where that of a piece is known already it is derived.
 * Most bytes of a day go by in a gzip, in a member and in rows; looking at them three times would take as long as
 * inflating them.
 */
export class DerivedCrc {
  value = 0;
  #known: Piece[] = [];

  /** Other bytes begin. */
  reset(): void {
    this.value = 0;
    this.#known = [];
  }

  /** A piece, in the very memory in which it will pass. */
  known(bytes: Uint8Array, before: number, after: number): void {
    if (bytes.byteLength < WORTHWHILE_BYTES) return;
    if (this.#known.length === MOST) this.#known = [];
    this.#known.push({ bytes, before, after });
  }

  /** Every byte once, in order; the pieces known of them in order, too, and before. */
  passed(passing: Uint8Array): void {
    let at = 0;
    for (const { bytes, before, after } of this.#known) {
      const start = bytes.byteOffset - passing.byteOffset;
      if (bytes.buffer !== passing.buffer || start < at || start + bytes.byteLength > passing.byteLength)
        continue;
      if (start > at) this.value = crc32(passing.subarray(at, start), this.value);
      // What stands before changes a CRC32 by the difference it makes, moved past the bytes.
      this.value = combineCrc32((this.value ^ before) >>> 0, after, bytes.byteLength);
      at = start + bytes.byteLength;
    }
    if (at < passing.byteLength) this.value = crc32(passing.subarray(at), this.value);
    this.#known = [];
  }
}
