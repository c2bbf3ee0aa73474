import { COMMA, CR, LF, QUOTE } from './csv-dialect.js';
import type { RowSink } from './member-scan.js';

/** Puts canonical rows together in one buffer and hands them on in pieces of whole rows. */
export class RowWriter {
  readonly #sink: RowSink;
  #buffer = new Uint8Array(64 * 1024);
  #length = 0;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  /** Rows that are canonical as they stand, each with its LF. */
  copyRows(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (end - start > 4096) {
      this.flush();
      this.#sink.write(bytes.subarray(start, end));
    } else {
      this.#append(bytes, start, end);
      this.#handOn();
    }
  }

  /** One row whose content is canonical but whose line end is not. */
  copyRow(bytes: Uint8Array, start: number, end: number): void {
    this.#append(bytes, start, end);
    this.endRow();
  }

  /** One field of a row: `doubled` is the quote that appears twice inside it, where it was quoted and has any. */
  field(bytes: Uint8Array, start: number, end: number, doubled: number | undefined, first: boolean): void {
    if (!first) this.#byte(COMMA);
    if (!needsQuotes(bytes, start, end)) {
      if (doubled === undefined) this.#append(bytes, start, end);
      else this.#unescape(bytes, start, end, doubled);
      return;
    }
    this.#byte(QUOTE);
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === doubled) i++;
      this.#byte(byte);
      if (byte === QUOTE) this.#byte(QUOTE);
    }
    this.#byte(QUOTE);
  }

  /** A row of one empty value; a bare LF would be a blank line to its reader. */
  emptyValue(): void {
    this.#byte(QUOTE);
    this.#byte(QUOTE);
  }

  endRow(): void {
    this.#byte(LF);
    this.#handOn();
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#sink.write(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  #handOn(): void {
    if (this.#length >= 48 * 1024) this.flush();
  }

  #unescape(bytes: Uint8Array, start: number, end: number, doubled: number): void {
    for (let i = start; i < end; i++) {
      this.#byte(bytes[i]!);
      if (bytes[i] === doubled) i++;
    }
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    const to = this.#length;
    if (length < 48) for (let i = 0; i < length; i++) this.#buffer[to + i] = bytes[start + i]!;
    else this.#buffer.set(bytes.subarray(start, end), to);
    this.#length = to + length;
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = byte;
  }

  /** A row in the making must stay in one piece, so the buffer grows instead of being handed on. */
  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + bytes));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

function needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === COMMA || byte === QUOTE || byte === LF || byte === CR) return true;
  }
  return false;
}
