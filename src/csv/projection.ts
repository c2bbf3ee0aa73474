import { TransientError } from '../errors.js';
import { COMMA, LF, QUOTE } from './csv-dialect.js';

/**
 * Rows that are not what a manifest promised: the segment was damaged, on its way in most cases, and a bit that fell over
 * shows here before it can show in the checksum of the whole.
 */
export class BrokenRowsError extends TransientError {}

/**
 * Rewrites canonical rows (UTF-8, `,`, `"`, LF, no header line) from one header to another column order. Field bytes
 * are never changed; a column the rows lack becomes an empty field. Chunks may be cut anywhere.
 */
export interface Projection {
  /**
   * The rewritten rows completed by this chunk, valid until the next call. The chunk is only read during the call.
   * @throws BrokenRowsError
   */
  write(chunk: Uint8Array): Uint8Array;
  /** Exactly once, after the last chunk. @throws BrokenRowsError when a row is left open */
  end(): { rows: number };
}

/** Neighbouring columns that stay neighbours, copied as one piece; or one empty field. */
type Span = { first: number; last: number } | undefined;

export function createProjection(from: readonly string[], to: readonly string[]): Projection {
  return new RowProjection(from.length, spans(from, to), to.length === 1);
}

/** Bytes a projection of `bytes` bytes and `rows` rows gives: exact unless columns are dropped. */
export function projectedBytes(
  from: readonly string[],
  to: readonly string[],
  bytes: number,
  rows: number,
): { min: number; max: number } {
  const has = new Set(from);
  const wanted = new Set(to);
  const grown = bytes + rows * to.filter((column) => !has.has(column)).length;
  if (from.every((column) => wanted.has(column))) return { min: grown, max: grown };
  const lone = to.length === 1;
  return { min: rows * (lone ? 2 : to.length), max: grown + (lone ? 2 * rows : 0) };
}

function spans(from: readonly string[], to: readonly string[]): Span[] {
  const positions = new Map(from.map((column, index) => [column, index]));
  const result: Span[] = [];
  for (const column of to) {
    const position = positions.get(column);
    const previous = result.at(-1);
    if (position !== undefined && previous !== undefined && previous.last + 1 === position) previous.last++;
    else result.push(position === undefined ? undefined : { first: position, last: position });
  }
  return result;
}

class RowProjection implements Projection {
  readonly #fields: number;
  readonly #spans: readonly Span[];
  /** A row of one empty value must not become a blank line. */
  readonly #lone: boolean;
  /** Offset of each field's end in the current row's buffer; field n starts after the end of n - 1. */
  readonly #ends: Int32Array;
  #field = 0;
  #quoted = false;
  /** The row that is not complete yet. */
  #carry: Uint8Array = new Uint8Array(0);
  #rows = 0;
  #out = new Uint8Array(64 * 1024);
  #length = 0;

  constructor(fields: number, layout: readonly Span[], lone: boolean) {
    this.#fields = fields;
    this.#spans = layout;
    this.#lone = lone;
    this.#ends = new Int32Array(fields);
  }

  write(chunk: Uint8Array): Uint8Array {
    const carried = this.#carry.length;
    const bytes = carried === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#length = 0;
    const ends = this.#ends;
    let start = 0;
    let field = this.#field;
    let quoted = this.#quoted;
    for (let i = carried; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) quoted = !quoted;
      else if (quoted) continue;
      else if (byte === COMMA) {
        // A write beyond the array is dropped; the count tells at the row's end.
        ends[field++] = i - start;
      } else if (byte === LF) {
        if (field + 1 !== this.#fields) throw this.#broken(`${field + 1} fields`);
        ends[field] = i - start;
        this.#emit(bytes, start);
        start = i + 1;
        field = 0;
      }
    }
    this.#field = field;
    this.#quoted = quoted;
    this.#carry = bytes.slice(start);
    return this.#out.subarray(0, this.#length);
  }

  end(): { rows: number } {
    if (this.#carry.length > 0) throw this.#broken('no end');
    return { rows: this.#rows };
  }

  #emit(bytes: Uint8Array, start: number): void {
    this.#rows++;
    this.#reserve(this.#ends[this.#fields - 1]! + this.#spans.length + 3);
    const begin = this.#length;
    let separate = false;
    for (const span of this.#spans) {
      if (separate) this.#out[this.#length++] = COMMA;
      separate = true;
      if (span === undefined) continue;
      const from = span.first === 0 ? start : start + this.#ends[span.first - 1]! + 1;
      this.#append(bytes, from, start + this.#ends[span.last]!);
    }
    if (this.#lone && this.#length === begin) {
      this.#out[this.#length++] = QUOTE;
      this.#out[this.#length++] = QUOTE;
    }
    this.#out[this.#length++] = LF;
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    const out = this.#out;
    let at = this.#length;
    if (to - from < 48) for (let i = from; i < to; i++) out[at++] = bytes[i]!;
    else {
      out.set(bytes.subarray(from, to), at);
      at += to - from;
    }
    this.#length = at;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#length + bytes));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
  }

  #broken(found: string): BrokenRowsError {
    return new BrokenRowsError(
      `row ${this.#rows + 1} has ${found}, its header has ${this.#fields} columns: the segment is damaged`,
    );
  }
}
