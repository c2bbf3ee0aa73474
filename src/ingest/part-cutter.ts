/**
 * Cuts a stream of bytes into parts: one goes out as soon as it and a minimum after it are there, so that the last one
 * is never below the minimum unless the whole is. Holds at most `partBytes + minPartBytes`, one chunk and one part.
 */
export class PartCutter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(
    private readonly partBytes: number,
    private readonly minPartBytes: number,
  ) {}

  /** The chunk is kept, not copied. */
  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
  }

  /** The next part, when one is due. */
  take(): Buffer | undefined {
    return this.#length < this.partBytes + this.minPartBytes ? undefined : this.#cut(this.partBytes);
  }

  /** What is left. */
  end(): Buffer {
    return this.#cut(this.#length);
  }

  #cut(bytes: number): Buffer {
    const part = Buffer.allocUnsafe(bytes);
    let filled = 0;
    let used = 0;
    while (filled < bytes) {
      const chunk = this.#chunks[used]!;
      const wanted = bytes - filled;
      part.set(chunk.byteLength > wanted ? chunk.subarray(0, wanted) : chunk, filled);
      if (chunk.byteLength > wanted) this.#chunks[used] = chunk.subarray(wanted);
      else used++;
      filled += Math.min(chunk.byteLength, wanted);
    }
    this.#chunks.splice(0, used);
    this.#length -= bytes;
    return part;
  }
}
