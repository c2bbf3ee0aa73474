import { ByteQueue, type TakenBytes } from './byte-queue.js';

/**
 * Cuts a stream of bytes into parts: one goes out as soon as it and a minimum after it are there, so that the last one
 * is never below the minimum unless the whole is. Holds a part and a minimum.
 */
export class PartCutter {
  readonly #queue = new ByteQueue();

  constructor(
    private readonly partBytes: number,
    private readonly minPartBytes: number,
  ) {}

  /** Copies the chunk. `crc`: its CRC32, where it is known. */
  *push(chunk: Uint8Array, crc?: number): Generator<TakenBytes> {
    this.#queue.push(chunk, crc);
    while (this.#queue.length >= this.partBytes + Math.max(this.minPartBytes, 1)) {
      yield this.#queue.take(this.partBytes);
    }
  }

  /** What is left. */
  end(): TakenBytes {
    return this.#queue.take(this.#queue.length);
  }
}
