import { type BigIntStats, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { PreconditionFailedError } from '../errors.js';

export interface ReadRange {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly chunkBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams a range and closes the file. One chunk is read ahead, so that the disk works while the consumer does.
 * @throws PreconditionFailedError when the file was written to meanwhile
 */
export async function* readRange(
  file: FileHandle,
  opened: BigIntStats,
  range: ReadRange,
): AsyncGenerator<Buffer> {
  let ahead: Promise<Buffer> | undefined;
  try {
    let offset = range.offset;
    const end = range.offset + range.length;
    const next = (): Promise<Buffer> | undefined =>
      offset < end ? readChunk(file, offset, Math.min(range.chunkBytes, end - offset)) : undefined;
    for (ahead = next(); ahead !== undefined; ) {
      const chunk = await ahead;
      range.signal?.throwIfAborted();
      if (chunk.length === 0) throw changed(range.key);
      offset += chunk.length;
      ahead = next();
      // A failed read-ahead is reported when its turn comes.
      ahead?.catch(() => undefined);
      yield chunk;
      range.signal?.throwIfAborted();
    }
    requireUnchanged(file.fd, opened, range.key);
  } finally {
    await ahead?.catch(() => undefined);
    await file.close();
  }
}

/** @throws PreconditionFailedError when the open file was written to after `opened` was taken */
export function requireUnchanged(fd: number, opened: BigIntStats, key: string): void {
  const now = fstatSync(fd, { bigint: true });
  if (now.size !== opened.size || now.mtimeNs !== opened.mtimeNs) throw changed(key);
}

async function readChunk(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

function changed(key: string): PreconditionFailedError {
  return new PreconditionFailedError(key, 'the file was changed while it was read');
}
