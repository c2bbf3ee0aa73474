import type { ByteDialect } from './csv-dialect.js';
import { CR, LF } from './csv-dialect.js';

/** How a row ended. */
export const RowEnd = {
  /** A whole row; `next` is where the next begins. */
  complete: 0,
  /** The window ends within the row and more bytes may come. */
  partial: 1,
  /** A quote within an unquoted field. The row is taken to end at the next line end. */
  bareQuote: 2,
  /** Something other than a delimiter after a closing quote. The row is taken to end at the next line end. */
  textAfterQuote: 3,
  /** The member ends within quotes. */
  unterminated: 4,
} as const;
export type RowEnd = (typeof RowEnd)[keyof typeof RowEnd];

/** Finds one row at a time in a window of bytes; its findings about the last row are plain fields, not objects. */
export class RowParser {
  /** First byte of each field's value and the byte after its last; of quoted fields without the quotes. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** Fields of the row; `starts` and `ends` hold at most `maxFields` of them. */
  fields = 0;
  /** Byte after the row's content, and first byte of the next row. */
  end = 0;
  next = 0;
  /** Line ends inside quotes. */
  innerLines = 0;
  /** Some value has a doubled quote in it. */
  doubled = false;

  /** Bytes at which the unquoted loop stops. */
  readonly #stops = new Uint8Array(256);
  readonly #delimiter: number;
  readonly #quote: number;

  constructor(
    dialect: ByteDialect,
    private maxFields: number,
  ) {
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    for (const byte of [LF, CR, dialect.delimiter, dialect.quote]) this.#stops[byte] = 1;
  }

  /** Later rows have this many fields at most; of longer ones only the count is kept. */
  expect(fields: number): void {
    this.maxFields = fields;
  }

  /** Parses the row that begins at `from`; `final`: no bytes will follow those before `to`. */
  parse(bytes: Uint8Array, from: number, to: number, final: boolean): RowEnd {
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const stops = this.#stops;
    this.fields = 0;
    this.innerLines = 0;
    this.doubled = false;
    let i = from;
    for (;;) {
      if (i < to && bytes[i] === quote) {
        const end = this.#closingQuote(bytes, i + 1, to);
        if (end === to) return this.#open(to, final);
        this.#field(i + 1, end);
        i = end + 1;
        if (i === to) {
          if (!final) return RowEnd.partial;
        } else if (stops[bytes[i]!] === 0 || bytes[i] === quote) {
          return this.#skipLine(bytes, i, to, final) ? RowEnd.textAfterQuote : RowEnd.partial;
        }
      } else {
        const start = i;
        while (i < to && stops[bytes[i]!] === 0) i++;
        if (i < to && bytes[i] === quote) {
          return this.#skipLine(bytes, i, to, final) ? RowEnd.bareQuote : RowEnd.partial;
        }
        if (i === to && !final) return RowEnd.partial;
        this.#field(start, i);
      }
      if (i < to && bytes[i] === delimiter) {
        i++;
        continue;
      }
      return this.#lineEnd(bytes, i, to, final) ? RowEnd.complete : RowEnd.partial;
    }
  }

  /** Sets `end` and `next` to the first line end at or after `from`, whatever the quotes; false: not in this window. */
  skipLine(bytes: Uint8Array, from: number, to: number, final: boolean): boolean {
    this.innerLines = 0;
    return this.#skipLine(bytes, from, to, final);
  }

  #skipLine(bytes: Uint8Array, from: number, to: number, final: boolean): boolean {
    let i = from;
    while (i < to && bytes[i] !== LF && bytes[i] !== CR) i++;
    if (i === to && !final) return false;
    return this.#lineEnd(bytes, i, to, final);
  }

  /** `at`: on a line end or at the end of the member. A CR as the window's last byte may be half of a CRLF. */
  #lineEnd(bytes: Uint8Array, at: number, to: number, final: boolean): boolean {
    this.end = at;
    if (at >= to) this.next = to;
    else if (bytes[at] !== CR) this.next = at + 1;
    else if (at + 1 < to) this.next = bytes[at + 1] === LF ? at + 2 : at + 1;
    else if (final) this.next = to;
    else return false;
    return true;
  }

  /** The quote that closes the field, or `to`. A quote as the window's last byte counts as closing. */
  #closingQuote(bytes: Uint8Array, from: number, to: number): number {
    const quote = this.#quote;
    let i = from;
    while (i < to) {
      const byte = bytes[i]!;
      if (byte === quote) {
        if (i + 1 >= to || bytes[i + 1] !== quote) return i;
        this.doubled = true;
        i += 2;
      } else {
        if (byte === LF) {
          if (bytes[i - 1] !== CR) this.innerLines++;
        } else if (byte === CR) this.innerLines++;
        i++;
      }
    }
    return to;
  }

  #open(to: number, final: boolean): RowEnd {
    if (!final) return RowEnd.partial;
    this.end = to;
    this.next = to;
    return RowEnd.unterminated;
  }

  #field(start: number, end: number): void {
    const index = this.fields++;
    if (index >= this.maxFields) return;
    if (index >= this.starts.length) {
      this.starts = grow(this.starts);
      this.ends = grow(this.ends);
    }
    this.starts[index] = start;
    this.ends[index] = end;
  }
}

function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}

/** Why a row that is not `complete` could not be read. */
export function rowFaultText(ended: RowEnd): string {
  switch (ended) {
    case RowEnd.bareQuote:
      return 'a quote inside an unquoted value';
    case RowEnd.textAfterQuote:
      return 'text after a closing quote';
    default:
      return 'a quoted value does not close before the end of the member';
  }
}
