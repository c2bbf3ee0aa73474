import { crc32 } from '../../store/crc32.js';

const FIXED_BYTES = 10;
const DEFLATE = 8;
const RESERVED = 0xe0;

type Field = 'fixed' | 'extra-length' | 'extra' | 'name' | 'comment' | 'checksum';

/** What may follow the fixed part, in this order, and the flag that says so. */
const OPTIONAL = [
  ['extra-length', 4],
  ['extra', 4],
  ['name', 8],
  ['comment', 16],
  ['checksum', 2],
] as const;

/** The header of a gzip member (RFC 1952, 2.3), in pieces of any size. Nothing of it is kept. */
export class GzipHeader {
  /** What is wrong with it, in zlib's words. */
  failure: string | undefined;
  /** The field that comes next or has begun. */
  #field: Field | undefined = 'fixed';
  #later: Field[] = [];
  readonly #fixed = Buffer.alloc(FIXED_BYTES);
  /** Bytes of the current field so far. */
  #filled = 0;
  #extraBytes = 0;
  #checksum = 0;
  /** Of all bytes before its own checksum. */
  #crc = 0;

  get isWhole(): boolean {
    return this.#field === undefined;
  }

  get isBegun(): boolean {
    return this.#field !== 'fixed' || this.#filled > 0;
  }

  /** @returns how many of the bytes belong to it */
  take(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.byteLength && this.#field !== undefined && this.failure === undefined) {
      const field = this.#field;
      const taken = this.#takeField(bytes.subarray(at));
      if (field !== 'checksum') this.#crc = crc32(bytes.subarray(at, at + taken), this.#crc);
      at += taken;
      this.#settle();
    }
    return at;
  }

  #takeField(bytes: Uint8Array): number {
    let taken: number;
    switch (this.#field) {
      case 'fixed':
        taken = Math.min(FIXED_BYTES - this.#filled, bytes.byteLength);
        this.#fixed.set(bytes.subarray(0, taken), this.#filled);
        break;
      case 'extra':
        taken = Math.min(this.#extraBytes - this.#filled, bytes.byteLength);
        break;
      case 'extra-length':
        taken = 1;
        this.#extraBytes |= bytes[0]! << (8 * this.#filled);
        break;
      case 'checksum':
        taken = 1;
        this.#checksum |= bytes[0]! << (8 * this.#filled);
        break;
      default: {
        const end = bytes.indexOf(0);
        if (end >= 0) this.#next();
        return end < 0 ? bytes.byteLength : end + 1;
      }
    }
    this.#filled += taken;
    return taken;
  }

  /** Judges what is there, in zlib's order, and goes on to the next field where one is complete. */
  #settle(): void {
    const [first, second, method, flags] = this.#fixed;
    switch (this.#field) {
      case 'fixed':
        if (this.#filled >= 2 && (first !== 0x1f || second !== 0x8b)) this.failure = 'incorrect header check';
        else if (this.#filled >= 4 && method !== DEFLATE) this.failure = 'unknown compression method';
        else if (this.#filled >= 4 && flags! & RESERVED) this.failure = 'unknown header flags set';
        else if (this.#filled === FIXED_BYTES) this.#next();
        break;
      case 'extra-length':
        if (this.#filled === 2) this.#next();
        break;
      case 'extra':
        if (this.#filled === this.#extraBytes) this.#next();
        break;
      case 'checksum':
        if (this.#filled < 2) break;
        if (this.#checksum === (this.#crc & 0xffff)) this.#next();
        else this.failure = 'header crc mismatch';
        break;
    }
  }

  #next(): void {
    if (this.#field === 'fixed') {
      const flags = this.#fixed[3]!;
      this.#later = OPTIONAL.filter(([, flag]) => flags & flag).map(([field]) => field);
    }
    this.#field = this.#later.shift();
    this.#filled = 0;
    if (this.#field === 'extra' && this.#extraBytes === 0) this.#next();
  }
}
