import type { Dialect } from '../config/rules.js';
import { giveSpare, takeSpare } from './spare-memory.js';
import { inspectTextStart, TEXT_START_BYTES } from './text-start.js';
import { createTranscoder, EncodingError, type Transcoder } from './transcoder.js';

export interface TextConsumer {
  /**
   * Looks at all bytes not yet taken, as UTF-8 where they were decoded. `final`: none will follow.
   * @returns how many of them are done with; the rest comes again, with more behind it
   */
  scan(window: Uint8Array, final: boolean): number;
  /** Every byte of the member comes by here once, in order; after `scan`, where it saw these very bytes. */
  passed(bytes: Uint8Array): void;
  /** These bytes cannot be in the member's encoding; nothing more is scanned. */
  mismatch(detail: string): void;
}

/** A row that long is copied whole with what follows it. */
const OPEN_BYTES = 4096;

/** Turns chunks of any size into windows that begin where the consumer left off. */
export class TextFeed {
  /** Bytes of byte-order mark that precede the first window. */
  bomBytes = 0;
  bytesRead = 0;
  readonly #encoding: Dialect['encoding'];
  readonly #consumer: TextConsumer;
  readonly #transcoder: Transcoder | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** With fewer bytes than this there is no point in looking again: keeps long rows linear. */
  #lookAt = 0;
  #begun = false;
  #closed = false;

  constructor(encoding: Dialect['encoding'], consumer: TextConsumer) {
    this.#encoding = encoding;
    this.#consumer = consumer;
    this.#transcoder = createTranscoder(encoding);
  }

  /** Whether the bytes were decoded, so that offsets are not those of the member. */
  get decodes(): boolean {
    return this.#transcoder !== undefined;
  }

  /** Bytes of the member that were written and have not passed. */
  get held(): Uint8Array {
    return this.#pending.subarray(0, this.#transcoder ? 0 : this.#length);
  }

  write(chunk: Uint8Array): void {
    this.bytesRead += chunk.byteLength;
    if (chunk.byteLength === 0) return;
    // What is decoded is not scanned as it came.
    if (this.#closed || this.#transcoder) this.#consumer.passed(chunk);
    if (this.#closed) return;
    if (this.#begun) {
      this.#take(this.#transcoder ? this.#transcoder.write(chunk) : chunk, false);
      return;
    }
    this.#keep(chunk);
    if (this.#length >= TEXT_START_BYTES) this.#begin();
  }

  end(): void {
    if (!this.#closed && !this.#begun) this.#begin();
    if (this.#closed) return;
    let rest: Uint8Array = new Uint8Array(0);
    try {
      rest = this.#transcoder?.end() ?? rest;
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      this.close();
      this.#consumer.mismatch(error.message);
      return;
    }
    this.#take(rest, true);
    this.#forget();
  }

  /** The open row ends with the first bytes of the chunk; the rest need not be copied behind it. */
  #takeOpenRow(chunk: Uint8Array, final: boolean): void {
    const open = this.#length;
    this.#keep(chunk.subarray(0, OPEN_BYTES));
    const window = this.#pending.subarray(0, this.#length);
    const taken = this.#consumer.scan(window, false);
    if (this.#closed) {
      this.#pass(window);
      this.#pass(chunk.subarray(OPEN_BYTES));
      return;
    }
    this.#pass(window.subarray(0, taken));
    if (taken >= open) {
      this.#length = 0;
      this.#take(chunk.subarray(taken - open), final);
      return;
    }
    this.#pending.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    this.#keep(chunk.subarray(OPEN_BYTES));
    this.#take(chunk.subarray(chunk.byteLength), final);
  }

  /** What comes is counted and not looked at. */
  close(): void {
    this.#closed = true;
    // Whoever calls this may still be looking at what is pending.
    this.#pending = new Uint8Array(0);
    this.#length = 0;
  }

  #forget(): void {
    this.#pass(this.#pending.subarray(0, this.#length));
    if (!this.#closed) giveSpare(this.#pending);
    this.close();
  }

  #begin(): void {
    this.#begun = true;
    const head = this.#pending.slice(0, this.#length);
    this.#length = 0;
    const { skip, mismatch } = inspectTextStart(head, this.#encoding);
    if (mismatch !== undefined) {
      this.close();
      this.#pass(head);
      this.#consumer.mismatch(mismatch);
      return;
    }
    this.bomBytes = skip;
    this.#pass(head.subarray(0, skip));
    const text = head.subarray(skip);
    this.#take(this.#transcoder ? this.#transcoder.write(text) : text, false);
  }

  #take(chunk: Uint8Array, final: boolean): void {
    if (this.#length > 0 && this.#length <= OPEN_BYTES && chunk.byteLength >= 4 * OPEN_BYTES) {
      this.#takeOpenRow(chunk, final);
    } else if (this.#length === 0) {
      const taken = this.#consumer.scan(chunk, final);
      this.#pass(chunk.subarray(0, this.#closed ? chunk.byteLength : taken));
      if (!this.#closed) this.#keep(chunk.subarray(taken));
    } else {
      this.#keep(chunk);
      if (this.#length < this.#lookAt && !final) return;
      const window = this.#pending.subarray(0, this.#length);
      const taken = this.#consumer.scan(window, final);
      this.#pass(window.subarray(0, this.#closed ? window.byteLength : taken));
      if (this.#closed) return;
      this.#pending.copyWithin(0, taken, this.#length);
      this.#length -= taken;
    }
    this.#lookAt = this.#length * 2;
  }

  #pass(bytes: Uint8Array): void {
    if (!this.#transcoder && bytes.byteLength > 0) this.#consumer.passed(bytes);
  }

  #keep(chunk: Uint8Array): void {
    const length = this.#length + chunk.byteLength;
    if (length > this.#pending.byteLength) {
      const grown = takeSpare(Math.max(length, this.#pending.byteLength * 2));
      grown.set(this.#pending.subarray(0, this.#length));
      giveSpare(this.#pending);
      this.#pending = grown;
    }
    this.#pending.set(chunk, this.#length);
    this.#length = length;
  }
}
