const CHUNK_BYTES = 64 * 1024;

/** Many short texts outside the heap: a million of them weigh what their bytes weigh. */
export class TextPile {
  readonly #full: Buffer[] = [];
  #chunk: Buffer | undefined;
  #used = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param text without LF */
  add(text: string): void {
    const most = text.length * 3 + 1;
    if (this.#chunk === undefined || this.#used + most > this.#chunk.byteLength) {
      this.#close();
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most));
      this.#used = 0;
    }
    this.#used += this.#chunk.write(text, this.#used, 'utf8');
    this.#chunk[this.#used++] = 0x0a;
    this.#count++;
  }

  /** The texts in order, each with a LF behind it, some at a time. */
  *chunks(): Generator<Buffer> {
    yield* this.#full;
    if (this.#chunk !== undefined && this.#used > 0) yield this.#chunk.subarray(0, this.#used);
  }

  *texts(): Generator<string> {
    for (const chunk of this.chunks()) {
      const lines = chunk.toString().split('\n');
      lines.pop();
      yield* lines;
    }
  }

  #close(): void {
    if (this.#chunk !== undefined && this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
  }
}
