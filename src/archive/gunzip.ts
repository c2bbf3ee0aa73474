import { createGunzip, type Gunzip } from 'node:zlib';
import { cut, reject } from './archive-fault.js';
import { inBlocks } from './blocks.js';

const OUTPUT_CHUNK_BYTES = 256 * 1024;
/** What zlib is given at a time: always the same, because what it yields before an error depends on it. */
const INPUT_BLOCK_BYTES = 64 * 1024;

/**
 * Inflates gzip members one after the other, in constant memory. The CRC32 and length of every member are checked;
 * zero padding after the last is accepted, anything else after it is not.
 * Everything inflated from a chunk of input is yielded before the next one is taken, so that all that can be read of
 * a cut archive has been yielded when the fault is thrown.
 * @throws ArchiveFault `cut` when the input ends within a member; `reject` when the bytes are not what was compressed
 */
export async function* gunzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const inflater = new Inflater();
  try {
    let read = 0;
    for await (const chunk of inBlocks(input, INPUT_BLOCK_BYTES)) {
      read += chunk.byteLength;
      if (inflater.endedAt !== undefined) {
        requireZeros(chunk, read - chunk.byteLength);
        continue;
      }
      yield* inflater.write(chunk);
      if (inflater.endedAt !== undefined) {
        requireZeros(chunk.subarray(chunk.byteLength - (read - inflater.endedAt)), inflater.endedAt);
      }
    }
    if (inflater.endedAt === undefined) yield* inflater.end();
  } finally {
    inflater.destroy();
  }
}

function requireZeros(bytes: Uint8Array, offset: number): void {
  const bad = bytes.findIndex((byte) => byte !== 0);
  if (bad >= 0) throw reject('archive-trailing-data', `data after the end of the gzip`, offset + bad);
}

/** One zlib stream driven in lock step: write a chunk, take all its output, then the next. */
class Inflater {
  /** Compressed offset after the last member, once zlib refused to take what follows it. */
  endedAt: number | undefined;
  readonly #zlib: Gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES });
  #failure: NodeJS.ErrnoException | undefined;
  #written = 0;
  #ended = false;
  #wake: () => void = () => {};

  constructor() {
    this.#zlib.on('readable', () => this.#wake());
    this.#zlib.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#zlib.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *write(chunk: Uint8Array): AsyncGenerator<Buffer> {
    let done = false;
    this.#zlib.write(chunk, () => {
      done = true;
      this.#wake();
    });
    yield* this.#drain(() => done);
    this.#written += chunk.byteLength;
    if (this.#zlib.bytesWritten < this.#written) this.endedAt = this.#zlib.bytesWritten;
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
      else if (this.#failure) throw this.#fault(this.#failure);
      else if (isDone()) return;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  #fault(error: NodeJS.ErrnoException): Error {
    const offset = this.#zlib.bytesWritten;
    if (error.code === 'Z_BUF_ERROR')
      return cut('archive-cut', `the gzip ends before it is complete`, offset);
    if (!error.code?.startsWith('Z_')) return error;
    // The first member's magic was checked before, so a bad one means that something else follows a good member.
    if (/incorrect header check/.test(error.message)) {
      return reject('archive-trailing-data', `data after the end of the gzip`, offset);
    }
    return reject('archive-corrupt', `the gzip is damaged: ${error.message}`, offset);
  }
}
