import { crc32 } from '../../store/crc32.js';
import { CrcRuns } from './crc-runs.js';

const BLOCK_BYTES = 64 * 1024;
/** Blocks kept for reuse by all queues together. */
const MAX_IDLE_BLOCKS = 192;

const idle: Uint8Array[] = [];

interface Block {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * A first-in-first-out of bytes in fixed blocks: grows without copying, and its memory is used again. It knows the
 * CRC32 of whatever is taken out.
 */
export class ByteQueue {
  readonly #runs = new CrcRuns();
  #blocks: Block[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies the bytes in. `crc`: their CRC32, where it is known. */
  push(bytes: Uint8Array, crc = crc32(bytes)): void {
    this.#runs.add(crc, bytes.byteLength);
    for (let at = 0; at < bytes.byteLength; ) {
      let tail = this.#blocks.at(-1);
      if (tail === undefined || tail.end === BLOCK_BYTES) {
        tail = newBlock();
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
    this.#runs.append(other.#runs);
    this.#length += other.#length;
    other.#blocks = [];
    other.#length = 0;
  }

  /** Takes the first `length` bytes out; at most the block they end in is copied. */
  take(length: number): TakenBytes {
    const blocks: Block[] = [];
    let rest = length;
    while (rest > 0) {
      const block = this.#blocks[blocks.length];
      if (block === undefined) throw new RangeError(`${length} bytes of ${this.#length}`);
      const bytes = block.end - block.start;
      if (bytes > rest) {
        const head = newBlock();
        head.bytes.set(block.bytes.subarray(block.start, block.start + rest));
        head.end = rest;
        block.start += rest;
        this.#blocks.splice(0, blocks.length);
        blocks.push(head);
        this.#length -= length;
        return this.#taken(blocks, length);
      }
      blocks.push(block);
      rest -= bytes;
    }
    this.#blocks.splice(0, blocks.length);
    this.#length -= length;
    return this.#taken(blocks, length);
  }

  #taken(blocks: readonly Block[], length: number): TakenBytes {
    const chunks = blocks.map(({ bytes, start, end }) => bytes.subarray(start, end));
    return new TakenBytes(blocks, chunks, length, this.#runs.take(chunks, length));
  }

  clear(): void {
    for (const block of this.#blocks) release(block.bytes);
    this.#runs.clear();
    this.#blocks = [];
    this.#length = 0;
  }
}

/** Bytes that left a queue. Their memory is the queues' again once `release` is called. */
export class TakenBytes {
  constructor(
    private blocks: readonly Block[],
    readonly chunks: readonly Uint8Array[],
    readonly length: number,
    readonly crc32: number,
  ) {}

  release(): void {
    for (const { bytes } of this.blocks) release(bytes);
    this.blocks = [];
  }
}

function newBlock(): Block {
  return { bytes: idle.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES), start: 0, end: 0 };
}

function release(block: Uint8Array): void {
  if (idle.length < MAX_IDLE_BLOCKS) idle.push(block);
}
