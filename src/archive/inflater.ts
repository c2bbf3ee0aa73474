import { createGunzip, type Gunzip, gzipSync } from 'node:zlib';

/** zlib's own error: `code` begins with `Z_`. */
export interface ZlibFailure {
  readonly message: string;
  readonly code: string;
}

/** Inflates gzip piece by piece. After a failure nothing more may be asked of it. */
export interface Inflater {
  /** Compressed bytes consumed. Less than was given: the gzip ended before the last of them. */
  readonly consumed: number;
  readonly failure: ZlibFailure | undefined;
  /** All output that can be had now. Each chunk is valid until the next is asked for. */
  write(chunk: Uint8Array): Iterable<Buffer> | AsyncIterable<Buffer>;
  /** After the last byte: fails when the input ends within a member. */
  end(): Iterable<Buffer> | AsyncIterable<Buffer>;
  destroy(): void;
}

const OUTPUT_BYTES = 256 * 1024;

/** zlib through its documented stream: every chunk is inflated on the thread pool, into a new buffer. */
export class StreamInflater implements Inflater {
  failure: ZlibFailure | undefined;
  readonly #zlib: Gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
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

  async *write(chunk: Uint8Array): AsyncGenerator<Buffer> {
    let done = false;
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

/** What Node's zlib streams have inside. Not documented: used only where `isDirectUsable` has tried it. */
interface Internals {
  readonly _handle?: {
    writeSync?(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputBytes: number,
      output: Uint8Array,
      outputAt: number,
      outputBytes: number,
    ): void;
    onerror?: (message: string, errno: number, code: string) => void;
  };
  readonly _writeState?: Uint32Array;
}

const Z_NO_FLUSH = 0;
const Z_FINISH = 4;
const NOTHING = new Uint8Array(0);

/**
 * zlib called on this thread, into one buffer that is used again: no hand-over between threads and nothing to
 * collect, which takes a third of the processor time away.
 */
export class DirectInflater implements Inflater {
  consumed = 0;
  failure: ZlibFailure | undefined;
  readonly #zlib = createGunzip();
  readonly #handle: Required<NonNullable<Internals['_handle']>>;
  readonly #state: Uint32Array;
  readonly #output = Buffer.allocUnsafeSlow(OUTPUT_BYTES);

  /** @throws TypeError where this Node has other internals */
  constructor() {
    const { _handle: handle, _writeState: state } = this.#zlib as unknown as Internals;
    if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array) || state.length < 2) {
      throw new TypeError('this Node has other zlib internals');
    }
    handle.onerror = (message, _errno, code) => {
      this.failure = { message, code };
    };
    this.#handle = handle as Required<typeof handle>;
    this.#state = state;
  }

  *write(chunk: Uint8Array): Generator<Buffer> {
    yield* this.#run(Z_NO_FLUSH, chunk);
  }

  *end(): Generator<Buffer> {
    yield* this.#run(Z_FINISH, NOTHING);
  }

  destroy(): void {
    this.#zlib.destroy();
  }

  *#run(flush: number, chunk: Uint8Array): Generator<Buffer> {
    let left = chunk.byteLength;
    for (;;) {
      const at = chunk.byteLength - left;
      this.#handle.writeSync(flush, chunk, at, left, this.#output, 0, OUTPUT_BYTES);
      if (this.failure) return;
      const room = this.#state[0]!;
      this.consumed += left - this.#state[1]!;
      left = this.#state[1]!;
      if (room < OUTPUT_BYTES) yield this.#output.subarray(0, OUTPUT_BYTES - room);
      // With room left zlib has given all it has.
      if (room > 0) return;
    }
  }
}

let directUsable: boolean | undefined;

/** The fastest that works here. */
export function createInflater(): Inflater {
  directUsable ??= isDirectUsable();
  return directUsable ? new DirectInflater() : new StreamInflater();
}

/** Tries it on a sound gzip, a damaged one and a cut one. */
function isDirectUsable(): boolean {
  const data = Buffer.alloc(OUTPUT_BYTES * 2 + 1, 'partnerday');
  const sound = gzipSync(data);
  const damaged = Buffer.from(sound);
  damaged[sound.length - 5]! ^= 1;
  try {
    const whole = inflateAll(sound);
    return (
      whole.failure === undefined &&
      whole.bytes.equals(data) &&
      inflateAll(damaged).failure?.code === 'Z_DATA_ERROR' &&
      inflateAll(sound.subarray(0, -9)).failure?.code === 'Z_BUF_ERROR'
    );
  } catch {
    return false;
  }
}

function inflateAll(gzip: Uint8Array): { bytes: Buffer; failure: ZlibFailure | undefined } {
  const inflater = new DirectInflater();
  try {
    const chunks = [...copies(inflater.write(gzip))];
    if (!inflater.failure) chunks.push(...copies(inflater.end()));
    return { bytes: Buffer.concat(chunks), failure: inflater.failure };
  } finally {
    inflater.destroy();
  }
}

function* copies(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
