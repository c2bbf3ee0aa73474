import { DerivedCrc } from '../store/derived-crc.js';
import type { OutputChecksum } from './inflate/output-checksum.js';

/** CRC32 of an inflated tar: what the entries' consumers say of their bytes, and a look at all the others. */
export class TarChecksum implements OutputChecksum {
  #crc = new DerivedCrc();

  get value(): number {
    return this.#crc.value;
  }

  reset(): void {
    this.#crc = new DerivedCrc();
  }

  /** Bytes of an entry, and its CRC32 without and with them. */
  known(bytes: Uint8Array, before: number, after: number): void {
    this.#crc.known(bytes, before, after);
  }

  add(chunk: Buffer): void {
    this.#crc.passed(chunk);
  }
}
