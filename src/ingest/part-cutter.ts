/**
 * Cuts a stream of bytes into parts: one goes out as soon as it and a minimum after it are there, so that the last one
 * is never below the minimum unless the whole is. Holds two parts, and no chunk.
 */
export class PartCutter {
  /** A full part that waits for the minimum after it. */
  #held: Buffer | undefined;
  #spare: Buffer | undefined;
  #current: Buffer;
  #length = 0;

  constructor(
    private readonly partBytes: number,
    private readonly minPartBytes: number,
    /** The most that will come; smaller runs take less memory. */
    most: number,
  ) {
    this.#current = Buffer.allocUnsafe(Math.min(partBytes, most));
  }

  /** Copies the chunk. A part is valid until the next one is asked for. */
  *push(chunk: Uint8Array): Generator<Buffer> {
    for (let at = 0; at < chunk.byteLength; ) {
      if (this.#length === this.#current.byteLength) this.#grow();
      const bytes = Math.min(this.#current.byteLength - this.#length, chunk.byteLength - at);
      this.#current.set(chunk.subarray(at, at + bytes), this.#length);
      this.#length += bytes;
      at += bytes;
      if (this.#held !== undefined && this.#length >= this.minPartBytes) {
        const part = this.#held;
        this.#held = undefined;
        yield part;
        this.#spare = part;
      }
      if (this.#length === this.partBytes) {
        this.#held = this.#current;
        this.#current = this.#spare ?? Buffer.allocUnsafe(this.partBytes);
        this.#spare = undefined;
        this.#length = 0;
      }
    }
  }

  /** What is left. */
  end(): Buffer {
    const rest = this.#current.subarray(0, this.#length);
    return this.#held === undefined ? rest : Buffer.concat([this.#held, rest]);
  }

  #grow(): void {
    const grown = Buffer.allocUnsafe(this.partBytes);
    grown.set(this.#current.subarray(0, this.#length));
    this.#current = grown;
  }
}
