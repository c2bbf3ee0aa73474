import { crc32 } from '../../store/crc32.js';

/** CRC32 of what is inflated of one gzip member. */
export interface OutputChecksum {
  readonly value: number;
  /** A member begins. */
  reset(): void;
  /** All output, in order: each chunk once whoever took it has come back for the next. */
  add(chunk: Buffer): void;
}

/** Looks at every byte. */
export class DirectChecksum implements OutputChecksum {
  value = 0;

  reset(): void {
    this.value = 0;
  }

  add(chunk: Buffer): void {
    this.value = crc32(chunk, this.value);
  }
}
