import { CR, LF, QUOTE } from './csv-dialect.js';

/** One row of canonical CSV. */
export interface CanonicalRow {
  /** Rows before it, counted from where the walk began. */
  readonly row: number;
  /** Byte offset of its first byte, and of the byte after its LF. */
  readonly start: number;
  readonly end: number;
  /** Physical lines before it: every row ends one, and so does every line end inside quotes (CRLF is one). */
  readonly lines: number;
}

/** Walks canonical CSV from the beginning of a row until `stop` says so; `undefined`: the bytes ended before. */
export async function walkRows(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  stop: (row: CanonicalRow) => boolean,
): Promise<CanonicalRow | undefined> {
  let [row, start, lines, at] = [0, 0, 0, 0];
  let inner = 0;
  let quoted = false;
  let previous = 0;
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      at++;
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === LF && !quoted) {
        const found = { row, start, end: at, lines };
        if (stop(found)) return found;
        row++;
        lines += inner + 1;
        inner = 0;
        start = at;
      } else if (byte === CR || (byte === LF && previous !== CR)) inner++;
      previous = byte;
    }
  }
  return undefined;
}
