import { type BigIntStats, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { PreconditionFailedError } from '../errors.js';
import { blockCeil, blockFloor } from './direct-file.js';
import type { OpenFile } from './object-file.js';
import { giveBack, TRANSFER_BYTES, takeMemory } from './transfer-memory.js';

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

/** Up to here one piece of the right size is less trouble. */
const SMALL_BYTES = 256 * 1024;

/**
 * Streams a range and closes the file. One chunk is read ahead, so that the disk works while the consumer does.
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
  const memories = [takeMemory(), takeMemory()];
  const read = direct ? readBlocks : readChunk;
  const end = offset + length;
  let at = offset;
  let turn = 0;
  let ahead: Promise<Buffer> | undefined;
  const next = (): Promise<Buffer> | undefined => {
    if (at >= end) return undefined;
    const reading = read(file, memories[turn++ % 2]!, at, Math.min(chunkBytes, end - at));
    // A failed read-ahead is reported when its turn comes.
    reading.catch(() => undefined);
    return reading;
  };
  try {
    for (ahead = next(); ahead !== undefined; ) {
      const chunk = await ahead;
      signal?.throwIfAborted();
      if (chunk.length === 0) throw changed(key);
      at += chunk.length;
      ahead = next();
      yield reuse ? chunk : Buffer.from(chunk);
      signal?.throwIfAborted();
    }
    requireUnchanged(file.fd, stat, key);
  } finally {
    await ahead?.catch(() => undefined);
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

async function readChunk(file: FileHandle, memory: Buffer, at: number, length: number): Promise<Buffer> {
  const { bytesRead } = await file.read(memory, 0, length, at);
  return memory.subarray(0, bytesRead);
}

/** Reads the blocks the range lies in, as many as the memory holds. */
async function readBlocks(file: FileHandle, memory: Buffer, at: number, length: number): Promise<Buffer> {
  const base = blockFloor(at);
  const wanted = Math.min(blockCeil(at + length) - base, TRANSFER_BYTES);
  const { bytesRead } = await file.read(memory, 0, wanted, base);
  return memory.subarray(at - base, Math.max(at - base, Math.min(bytesRead, at - base + length)));
}

function changed(key: string): PreconditionFailedError {
  return new PreconditionFailedError(key, 'the file was changed while it was read');
}
