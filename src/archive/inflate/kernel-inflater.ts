import { DerivedCrc } from '../../store/derived-crc.js';
import { GzipHeader } from './gzip-header.js';
import { Inflated, InflateKernel } from './inflate-kernel.js';
import type { Inflater, ZlibFailure } from './inflater.js';

/** CRC32 and length of what was compressed. */
const TRAILER_BYTES = 8;
/** Kernels kept for the next archives; each has half a megabyte of memory. */
const MAX_IDLE = 2;

const idle: InflateKernel[] = [];

/**
 * Inflates on this thread into memory that is used again: nothing is handed over between threads and nothing is left
 * to collect. Says of damaged bytes what zlib says of them.
 */
export class KernelInflater implements Inflater {
  failure: ZlibFailure | undefined;
  readonly #kernel = idle.pop() ?? new InflateKernel();
  readonly #checksum: DerivedCrc;
  #header = new GzipHeader();
  #stage: 'header' | 'body' | 'trailer' | 'padding' = 'header';
  #given = 0;
  #members = 0;
  #isDestroyed = false;
  /** Bytes of output of the current member. */
  #length = 0;

  /** `checksum`: passes all output of a member; pieces of a chunk may be made known to it before the next is asked for. */
  constructor(checksum = new DerivedCrc()) {
    this.#checksum = checksum;
    this.#kernel.skip(this.#kernel.input.byteLength);
  }

  get consumed(): number {
    return this.#given - this.#kernel.input.byteLength;
  }

  get isPadding(): boolean {
    return this.#stage === 'padding';
  }

  *write(chunk: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < chunk.byteLength && !this.failure && !this.isPadding; ) {
      const taken = this.#kernel.feed(at === 0 ? chunk : chunk.subarray(at));
      at += taken;
      this.#given += taken;
      yield* this.#read();
    }
  }

  end(): readonly Buffer[] {
    const isBetween = this.#members > 0 && this.#stage === 'header' && !this.#header.isBegun;
    if (!isBetween && !this.isPadding)
      this.failure ??= { message: 'unexpected end of file', code: 'Z_BUF_ERROR' };
    return [];
  }

  destroy(): void {
    if (!this.#isDestroyed && idle.length < MAX_IDLE) idle.push(this.#kernel);
    this.#isDestroyed = true;
  }

  /** Reads the input as far as it goes. */
  *#read(): Generator<Buffer> {
    for (;;) {
      if (this.#stage === 'header' && !this.#takeHeader()) return;
      if (this.#stage === 'body' && !(yield* this.#inflate())) return;
      if (this.#stage === 'trailer' && !this.#takeTrailer()) return;
      if (this.#stage === 'padding') return;
    }
  }

  #takeHeader(): boolean {
    const { input } = this.#kernel;
    if (input.byteLength === 0) return false;
    if (this.#members > 0 && !this.#header.isBegun && input[0] === 0) {
      this.#stage = 'padding';
      return true;
    }
    this.#kernel.skip(this.#header.take(input));
    if (this.#header.failure !== undefined) this.#fail(this.#header.failure);
    if (!this.#header.isWhole) return false;
    this.#kernel.reset();
    this.#checksum.reset();
    this.#length = 0;
    this.#stage = 'body';
    return true;
  }

  *#inflate(): Generator<Buffer, boolean> {
    for (;;) {
      const { status, output } = this.#kernel.inflate();
      if (output.byteLength > 0) {
        this.#length += output.byteLength;
        yield output;
        this.#checksum.passed(output);
      }
      if (status === Inflated.hasOutput) continue;
      if (status === Inflated.ended) this.#stage = 'trailer';
      else if (status !== Inflated.needsInput) this.#fail(InflateKernel.fault(status));
      return status === Inflated.ended;
    }
  }

  #takeTrailer(): boolean {
    const { input } = this.#kernel;
    // zlib compares the first half as soon as it is there.
    if (input.byteLength >= TRAILER_BYTES / 2 && input.readUInt32LE(0) !== this.#checksum.value) {
      this.#fail('incorrect data check');
    } else if (input.byteLength >= TRAILER_BYTES) {
      if (input.readUInt32LE(4) === this.#length % 2 ** 32) {
        this.#kernel.skip(TRAILER_BYTES);
        this.#members++;
        this.#header = new GzipHeader();
        this.#stage = 'header';
        return true;
      }
      this.#fail('incorrect length check');
    }
    return false;
  }

  #fail(message: string): void {
    this.failure = { message, code: 'Z_DATA_ERROR' };
  }
}
