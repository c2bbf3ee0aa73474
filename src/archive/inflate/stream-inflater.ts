import { createGunzip, type Gunzip } from 'node:zlib';
import type { Inflater, ZlibFailure } from './inflater.js';

const OUTPUT_BYTES = 256 * 1024;

/** zlib through its documented stream: every chunk is inflated on the thread pool, into a new buffer. */
export class StreamInflater implements Inflater {
  failure: ZlibFailure | undefined;
  readonly #zlib: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  #given = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor() {
    this.#zlib.on('readable', () => this.#wake());
    this.#zlib.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#zlib.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = { message: error.message, code: error.code ?? '' };
      this.#wake();
    });
  }

  get consumed(): number {
    return this.#zlib.bytesWritten;
  }

  get isPadding(): boolean {
    return this.consumed < this.#given;
  }

  async *write(chunk: Uint8Array): AsyncGenerator<Buffer> {
    let done = false;
    this.#given += chunk.byteLength;
    this.#zlib.write(chunk, () => {
      done = true;
      this.#wake();
    });
    yield* this.#drain(() => done);
  }

  async *end(): AsyncGenerator<Buffer> {
    this.#zlib.end();
    yield* this.#drain(() => this.#ended);
  }

  destroy(): void {
    this.#zlib.destroy();
  }

  async *#drain(isDone: () => boolean): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes = this.#zlib.read() as Buffer | null;
      if (bytes !== null) yield bytes;
      else if (this.failure || isDone()) return;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
