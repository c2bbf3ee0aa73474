import type { FileHandle } from 'node:fs/promises';
import { TerminalError } from '../../errors.js';
import { crc32 } from '../crc32.js';
import type { ContentRecord } from './content-record.js';

/** Large enough that system calls do not count, small enough that a chunk is still in the cache when it is written. */
const CHUNK_BYTES = 1024 * 1024;

/** A range of an open file. Neighbours from one source share it, so that it is opened and verified once. */
export interface Piece {
  readonly source: PieceSource;
  readonly offset: number;
  readonly length: number;
}

export interface PieceSource {
  open(): Promise<FileHandle>;
  /** Verifies that the source stayed what it was, and closes it. */
  finish(file: FileHandle): Promise<void>;
  /** After a failure: closes only. */
  discard(file: FileHandle): Promise<void>;
}

/**
 * Writes the pieces one after the other into `target` and takes their CRC32 on the way. Reading ahead, checksum and
 * writing behind run at the same time; memory is three chunks.
 */
export async function concatenate(
  pieces: readonly Piece[],
  target: FileHandle,
  options: { signal?: AbortSignal | undefined; onProgress?: ((bytes: number) => void) | undefined } = {},
): Promise<ContentRecord> {
  const reader = new PieceReader(pieces);
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(CHUNK_BYTES));
  let turn = 0;
  const ahead = (): Promise<Buffer> => {
    const reading = reader.fill(buffers[turn++ % buffers.length]!);
    // A failure is reported when its turn comes.
    reading.catch(() => undefined);
    return reading;
  };
  let next = ahead();
  let writing: Promise<void> = Promise.resolve();
  let crc = 0;
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await next;
      options.signal?.throwIfAborted();
      if (chunk.length === 0) break;
      next = ahead();
      crc = crc32(chunk, crc);
      await writing;
      options.onProgress?.(bytes);
      writing = writeAll(target, chunk, bytes);
      writing.catch(() => undefined);
      bytes += chunk.length;
    }
    await writing;
    options.onProgress?.(bytes);
    return { crc32: crc, bytes };
  } finally {
    await next.catch(() => undefined);
    await writing.catch(() => undefined);
    await reader.close();
  }
}

export async function writeAll(target: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    const { bytesWritten } = await target.write(chunk, done, chunk.byteLength - done, position + done);
    done += bytesWritten;
  }
}

class PieceReader {
  #index = 0;
  #done = 0;
  #open: { source: PieceSource; file: FileHandle } | undefined;

  constructor(private readonly pieces: readonly Piece[]) {}

  /** Fills the buffer across pieces; shorter only at the very end. */
  async fill(buffer: Buffer): Promise<Buffer> {
    let filled = 0;
    while (filled < buffer.length) {
      const piece = this.pieces[this.#index];
      if (piece === undefined) {
        await this.finish();
        break;
      }
      const rest = piece.length - this.#done;
      if (rest === 0) {
        this.#index++;
        this.#done = 0;
        continue;
      }
      const file = await this.use(piece.source);
      const wanted = Math.min(rest, buffer.length - filled);
      const { bytesRead } = await file.read(buffer, filled, wanted, piece.offset + this.#done);
      if (bytesRead === 0) {
        // finish() names the change if there was one.
        await this.finish();
        throw new TerminalError(`a part ends ${rest} bytes before its end`);
      }
      filled += bytesRead;
      this.#done += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await open.source.discard(open.file);
  }

  private async use(source: PieceSource): Promise<FileHandle> {
    if (this.#open?.source === source) return this.#open.file;
    await this.finish();
    const file = await source.open();
    this.#open = { source, file };
    return file;
  }

  private async finish(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await open.source.finish(open.file);
  }
}
