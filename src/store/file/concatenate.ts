import { closeSync, read, readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TerminalError } from '../../errors.js';
import { crc32 } from '../crc32.js';
import type { ContentRecord } from './content-record.js';

/** Large enough that system calls do not count, small enough that a chunk is still in the cache when it is written. */
const CHUNK_BYTES = 1024 * 1024;

/** Less than this is read at once: going through the thread pool would take longer than reading. */
const SMALL_BYTES = 128 * 1024;

const readAsync = promisify(read);

/** A range of a file. Neighbours from one source share it, so that it is opened and verified once. */
export interface Piece {
  readonly source: PieceSource;
  readonly offset: number;
  readonly length: number;
}

export interface PieceSource {
  open(): number;
  /** Verifies that the source stayed what it was when opened. */
  verify(fd: number): void;
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
    reader.close();
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
  #open: { source: PieceSource; fd: number } | undefined;

  constructor(private readonly pieces: readonly Piece[]) {}

  /** Fills the buffer across pieces; shorter only at the very end. */
  async fill(buffer: Buffer): Promise<Buffer> {
    let filled = 0;
    while (filled < buffer.length) {
      const piece = this.pieces[this.#index];
      if (piece === undefined) {
        this.leave();
        break;
      }
      const rest = piece.length - this.#done;
      if (rest === 0) {
        this.#index++;
        this.#done = 0;
        continue;
      }
      const fd = this.enter(piece.source);
      const wanted = Math.min(rest, buffer.length - filled);
      const position = piece.offset + this.#done;
      const bytesRead =
        wanted <= SMALL_BYTES
          ? readSync(fd, buffer, filled, wanted, position)
          : (await readAsync(fd, buffer, filled, wanted, position)).bytesRead;
      if (bytesRead === 0) {
        // If the source was changed, this says so.
        this.leave();
        throw new TerminalError(`a part ends ${rest} bytes before its end`);
      }
      filled += bytesRead;
      this.#done += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  private enter(source: PieceSource): number {
    if (this.#open?.source === source) return this.#open.fd;
    this.leave();
    this.#open = { source, fd: source.open() };
    return this.#open.fd;
  }

  private leave(): void {
    try {
      this.#open?.source.verify(this.#open.fd);
    } finally {
      this.close();
    }
  }
}
