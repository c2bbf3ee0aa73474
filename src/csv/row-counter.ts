import { LF, QUOTE } from './csv-dialect.js';

/** Counts the rows of canonical CSV: line feeds outside quotes. Chunks may be cut anywhere. */
export class RowCounter {
  rows = 0;
  #quoted = false;
  #open = false;

  write(chunk: Uint8Array): void {
    let { rows } = this;
    let quoted = this.#quoted;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === QUOTE) quoted = !quoted;
      else if (byte === LF && !quoted) rows++;
    }
    this.rows = rows;
    this.#quoted = quoted;
    if (chunk.length > 0) this.#open = quoted || chunk[chunk.length - 1] !== LF;
  }

  /** Whether the last row has its LF. */
  get complete(): boolean {
    return !this.#open;
  }
}
