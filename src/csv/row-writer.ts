import { COMMA, CR, LF, QUOTE } from './csv-dialect.js';
import type { ResolvedHeader } from './csv-header.js';
import type { RowSink } from './member-scan.js';
import type { RowParser } from './row-parser.js';

const BUFFER_BYTES = 64 * 1024;
/** A buffer that one long row made longer than this is not kept. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** All writers use one buffer in turn: a scan is synchronous, and flushes before it returns. */
let shared = new Uint8Array(BUFFER_BYTES);

/**
 * Puts canonical rows together and hands them on in pieces of whole rows. Must be flushed before anything else may
 * write rows.
 */
export class RowWriter {
  readonly #sink: RowSink;
  #buffer = shared;
  #length = 0;
  #handedOn = 0;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  /** Of all rows so far. */
  get bytes(): number {
    return this.#handedOn + this.#length;
  }

  /** Rows that are canonical as they stand, each with its LF. */
  copyRows(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    if (end - start > 4096) {
      this.flush();
      this.#handedOn += end - start;
      this.#sink.write(bytes.subarray(start, end));
    } else {
      this.#append(bytes, start, end);
      this.#handOn();
    }
  }

  /** One row whose content is canonical but whose line end is not. */
  copyRow(bytes: Uint8Array, start: number, end: number): void {
    this.#append(bytes, start, end);
    this.#endRow();
  }

  /** The row just parsed, in canonical form, with the columns the header keeps. */
  rewriteRow(bytes: Uint8Array, parser: RowParser, { keep, fields }: ResolvedHeader, quote: number): void {
    const { starts, ends } = parser;
    const columns = keep ? keep.length : fields;
    const doubled = parser.doubled ? quote : undefined;
    for (let column = 0; column < columns; column++) {
      const field = keep ? keep[column]! : column;
      const start = starts[field]!;
      const end = ends[field]!;
      if (column > 0) this.#byte(COMMA);
      if (needsQuotes(bytes, start, end)) this.#quoted(bytes, start, end, doubled);
      else if (doubled !== undefined) this.#undoubled(bytes, start, end, doubled);
      // A row of one empty value would be a blank line to its reader.
      else if (columns === 1 && start === end) this.#quoted(bytes, start, end, doubled);
      else this.#append(bytes, start, end);
    }
    this.#endRow();
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#sink.write(this.#buffer.subarray(0, this.#length));
    this.#handedOn += this.#length;
    this.#length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = shared;
  }

  #quoted(bytes: Uint8Array, start: number, end: number, doubled: number | undefined): void {
    this.#byte(QUOTE);
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      if (byte === doubled) i++;
      if (byte === QUOTE) this.#byte(QUOTE);
      this.#byte(byte);
    }
    this.#byte(QUOTE);
  }

  #endRow(): void {
    this.#byte(LF);
    this.#handOn();
  }

  #handOn(): void {
    if (this.#length >= 48 * 1024) this.flush();
  }

  #undoubled(bytes: Uint8Array, start: number, end: number, doubled: number): void {
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
    if (grown.length <= MAX_KEPT_BYTES) shared = grown;
  }
}

function needsQuotes(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === COMMA || byte === QUOTE || byte === LF || byte === CR) return true;
  }
  return false;
}
