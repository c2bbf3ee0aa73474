import { type BigIntStats, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { PreconditionFailedError } from '../errors.js';
import { BLOCK_BYTES, blockCeil, blockFloor } from './direct-file.js';
import type { OpenFile } from './object-file.js';
import { giveBack, takeMemory } from './transfer-memory.js';

export interface ReadRange {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  /** At most `TRANSFER_BYTES`. */
  readonly chunkBytes: number;
  /** Chunks are valid until the next is asked for. Otherwise each is the reader's own. */
  readonly reuse: boolean;
  readonly signal?: AbortSignal | undefined;
}

const AHEAD = 2;
/** Up to here one piece of the right size is less trouble. */
const SMALL_BYTES = 256 * 1024;

/**
 * Streams a range and closes the file. Two chunks are read ahead, so that the disk works while the consumer does.
 * @throws PreconditionFailedError when the file was written to meanwhile
 */
export async function* readRange(
  { file, stat, direct }: OpenFile,
  { key, offset, length, chunkBytes, reuse, signal }: ReadRange,
): AsyncGenerator<Buffer> {
  if (length <= SMALL_BYTES) {
    yield* readSmall(file, stat, { key, offset, length, signal });
    return;
  }
  const memories = Array.from({ length: AHEAD + 1 }, takeMemory);
  const read = direct ? readBlocks : readChunk;
  const end = offset + length;
  const ahead: Promise<Buffer>[] = [];
  let begun = offset;
  let turn = 0;
  const readOn = (): void => {
    while (ahead.length < AHEAD && begun < end) {
      const bytes = Math.min(direct ? wholeBlocks(begun, chunkBytes) : chunkBytes, end - begun);
      const reading = read(file, memories[turn++ % memories.length]!, begun, bytes);
      // A failed read-ahead is reported when its turn comes.
      reading.catch(() => undefined);
      ahead.push(reading);
      begun += bytes;
    }
  };
  try {
    readOn();
    for (let chunk = await ahead.shift(); chunk !== undefined; chunk = await ahead.shift()) {
      signal?.throwIfAborted();
      readOn();
      yield reuse ? chunk : Buffer.from(chunk);
      signal?.throwIfAborted();
    }
    requireUnchanged(file.fd, stat, key);
  } catch (error) {
    // A read that fell short, of a file that was changed meanwhile.
    if (error instanceof ShortReadError) throw changed(key);
    throw error;
  } finally {
    await Promise.allSettled(ahead);
    for (const memory of memories) giveBack(memory);
    await file.close();
  }
}

async function* readSmall(
  file: FileHandle,
  opened: BigIntStats,
  { key, offset, length, signal }: Pick<ReadRange, 'key' | 'offset' | 'length' | 'signal'>,
): AsyncGenerator<Buffer> {
  try {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw changed(key);
      done += bytesRead;
    }
    signal?.throwIfAborted();
    if (length > 0) yield bytes;
    signal?.throwIfAborted();
    requireUnchanged(file.fd, opened, key);
  } finally {
    await file.close();
  }
}

/** @throws PreconditionFailedError when the open file was written to after `opened` was taken */
export function requireUnchanged(fd: number, opened: BigIntStats, key: string): void {
  const now = fstatSync(fd, { bigint: true });
  if (now.size !== opened.size || now.mtimeNs !== opened.mtimeNs) throw changed(key);
}

class ShortReadError extends Error {}

/** Bytes from `at` to the end of the blocks that the memory holds. */
function wholeBlocks(at: number, most: number): number {
  return Math.max(most - (at % BLOCK_BYTES), 1);
}

async function readChunk(file: FileHandle, memory: Buffer, at: number, length: number): Promise<Buffer> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(memory, done, length - done, at + done);
    if (bytesRead === 0) throw new ShortReadError();
    done += bytesRead;
  }
  return memory.subarray(0, length);
}

/** Reads the blocks the range lies in. */
async function readBlocks(file: FileHandle, memory: Buffer, at: number, length: number): Promise<Buffer> {
  const base = blockFloor(at);
  const skip = at - base;
  for (let done = 0; done < skip + length; ) {
    // What was read before a read fell short is read again from a whole block on.
    const from = blockFloor(done);
    const { bytesRead } = await file.read(memory, from, blockCeil(skip + length) - from, base + from);
    if (from + bytesRead <= done) throw new ShortReadError();
    done = from + bytesRead;
  }
  return memory.subarray(skip, skip + length);
}

function changed(key: string): PreconditionFailedError {
  return new PreconditionFailedError(key, 'the file was changed while it was read');
}
