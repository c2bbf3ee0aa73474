import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { blockCeil, blockFloor, isRefused, openDirect } from './direct-file.js';
import { giveBack, TRANSFER_BYTES, takeMemory } from './transfer-memory.js';

/** Below this the page cache is faster than the disk. */
const DIRECT_AT_LEAST = 1024 * 1024;

/** Each chunk is read until the next is asked for. */
export type RegionContent = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Writes a region of a file that is there. */
export async function writeRegion(
  path: string,
  place: { offset: number; bytes: number },
  content: RegionContent,
  fsync: boolean,
): Promise<void> {
  const writer = await RegionWriter.open(path, place);
  try {
    for await (const chunk of content) await writer.write(chunk);
    await writer.end({ fsync });
  } finally {
    await writer.close();
  }
}

/**
 * Writes the bytes of one region of a file, in order, while the next are taken in. Whole blocks go around the page
 * cache where that is possible; the blocks at the region's ends, which neighbours may share, through it.
 * Always `close` it; the region is written when `end` has resolved.
 */
class RegionWriter {
  readonly #memories = [takeMemory(), takeMemory()];
  #turn = 0;
  /** File position of the current memory's first byte; a whole block. */
  #base: number;
  /** What of the current memory holds bytes of the region. */
  #from: number;
  #to: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private direct: FileHandle | undefined,
    offset: number,
  ) {
    this.#base = blockFloor(offset);
    this.#from = offset - this.#base;
    this.#to = this.#from;
  }

  /** The file must exist. */
  static async open(
    path: string,
    { offset, bytes }: { offset: number; bytes: number },
  ): Promise<RegionWriter> {
    const file = await open(path, 'r+');
    try {
      const direct = bytes < DIRECT_AT_LEAST ? undefined : await openDirect(path, constants.O_WRONLY);
      return new RegionWriter(file, direct, offset);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Copies the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; ) {
      const memory = this.#memories[this.#turn]!;
      const take = Math.min(TRANSFER_BYTES - this.#to, bytes.byteLength - at);
      memory.set(bytes.subarray(at, at + take), this.#to);
      this.#to += take;
      at += take;
      if (this.#to === TRANSFER_BYTES) await this.#flush();
    }
  }

  async end({ fsync }: { fsync: boolean }): Promise<void> {
    await this.#flush();
    await this.#writing;
    if (fsync) await this.file.sync();
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    for (const memory of this.#memories.splice(0)) giveBack(memory);
    await this.direct?.close();
    await this.file.close();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const [from, to, base] = [this.#from, this.#to, this.#base];
    if (from < to) {
      this.#writing = this.#store(this.#memories[this.#turn]!, from, to, base);
      // Reported where it is awaited.
      this.#writing.catch(() => undefined);
    }
    this.#turn = 1 - this.#turn;
    this.#base += TRANSFER_BYTES;
    this.#from = 0;
    this.#to = 0;
  }

  async #store(memory: Buffer, from: number, to: number, base: number): Promise<void> {
    const head = blockCeil(from);
    const tail = blockFloor(to);
    let done = from;
    if (this.direct && head < tail) {
      await this.#plain(memory, from, head, base);
      done = head + (await this.#direct(this.direct, memory, head, tail, base));
    }
    await this.#plain(memory, done, to, base);
  }

  /** @returns bytes written; the others are left to the plain way */
  async #direct(direct: FileHandle, memory: Buffer, from: number, to: number, base: number): Promise<number> {
    try {
      return blockFloor((await direct.write(memory, from, to - from, base + from)).bytesWritten);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.direct = undefined;
      await direct.close();
      return 0;
    }
  }

  async #plain(memory: Buffer, from: number, to: number, base: number): Promise<void> {
    for (let at = from; at < to; ) {
      at += (await this.file.write(memory, at, to - at, base + at)).bytesWritten;
    }
  }
}
