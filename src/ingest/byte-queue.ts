const BLOCK_BYTES = 64 * 1024;
/** Blocks kept for reuse by all queues together. */
const MAX_IDLE_BLOCKS = 512;

const idle: Uint8Array[] = [];

/** A first-in-first-out of bytes in fixed blocks: grows without copying, and its memory is used again. */
export class ByteQueue {
  #blocks: { bytes: Uint8Array; start: number; end: number }[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies the bytes in. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) {
      let tail = this.#blocks.at(-1);
      if (tail === undefined || tail.end === BLOCK_BYTES) {
        tail = { bytes: idle.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES), start: 0, end: 0 };
        this.#blocks.push(tail);
      }
      const take = Math.min(BLOCK_BYTES - tail.end, bytes.byteLength - at);
      tail.bytes.set(at === 0 && take === bytes.byteLength ? bytes : bytes.subarray(at, at + take), tail.end);
      tail.end += take;
      at += take;
    }
    this.#length += bytes.byteLength;
  }

  /** Takes all bytes of `other`, without copying them. */
  append(other: ByteQueue): void {
    for (const block of other.#blocks) this.#blocks.push(block);
    this.#length += other.#length;
    other.#blocks = [];
    other.#length = 0;
  }

  /** Moves the first bytes into `target`, as many as fit. @returns how many */
  shiftInto(target: Uint8Array): number {
    let done = 0;
    let emptied = 0;
    for (const block of this.#blocks) {
      const take = Math.min(block.end - block.start, target.byteLength - done);
      target.set(block.bytes.subarray(block.start, block.start + take), done);
      block.start += take;
      done += take;
      if (block.start < block.end) break;
      emptied++;
      release(block.bytes);
    }
    this.#blocks.splice(0, emptied);
    this.#length -= done;
    return done;
  }

  clear(): void {
    for (const block of this.#blocks) release(block.bytes);
    this.#blocks = [];
    this.#length = 0;
  }
}

function release(block: Uint8Array): void {
  if (idle.length < MAX_IDLE_BLOCKS) idle.push(block);
}
