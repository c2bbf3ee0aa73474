import { combineCrc32, crc32 } from '../../store/crc32.js';

interface Piece {
  readonly rows: Uint8Array;
  /** CRC32 of all rows before and after these were written. */
  readonly before: number;
  readonly after: number;
}

/**
 * CRC32 of a member's bytes. For rows that were written as they stand it is derived from the CRC32 of the rows: those
 * bytes are most of a day, and looking at them twice would take as long as half their inflation.
 */
export class MemberCrc {
  value = 0;
  #written: Piece[] = [];

  wrote(rows: Uint8Array, before: number, after: number): void {
    this.#written.push({ rows, before, after });
  }

  /** Every byte of the member once, in order; what was written of them must have been told before. */
  passed(bytes: Uint8Array): void {
    let at = 0;
    for (const { rows, before, after } of this.#written) {
      const start = rows.byteOffset - bytes.byteOffset;
      if (rows.buffer !== bytes.buffer || start < at || start + rows.byteLength > bytes.byteLength) continue;
      this.value = crc32(bytes.subarray(at, start), this.value);
      // What stands before changes a CRC32 by the difference it makes, moved past the bytes.
      this.value = combineCrc32((this.value ^ before) >>> 0, after, rows.byteLength);
      at = start + rows.byteLength;
    }
    this.value = crc32(bytes.subarray(at), this.value);
    this.#written = [];
  }
}
