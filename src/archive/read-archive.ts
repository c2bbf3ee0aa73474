import { createHash } from 'node:crypto';
import type { Limits } from '../config/rules.js';
import { DerivedCrc } from '../store/derived-crc.js';
import { ArchiveFault, cut, reject } from './archive-fault.js';
import { gunzip } from './gunzip.js';
import type { Inflater } from './inflate/inflater.js';
import { KernelInflater } from './inflate/kernel-inflater.js';
import { isGzip, MAGIC_BYTES, nameContainer } from './magic.js';
import { TarGuard } from './tar-guard.js';
import { TarReader } from './tar-reader.js';

/** One regular file of the archive. */
export interface ArchiveEntry {
  /** 0-based among all entries of the archive. */
  readonly position: number;
  readonly name: Uint8Array;
  readonly size: number;
}

export interface EntryConsumer {
  /** CRC32 of all bytes written so far, where the consumer knows it: then nobody else takes it. */
  readonly crc32?: number | undefined;
  /** The chunk is valid only during the call. */
  write(chunk: Buffer): void;
  /** Not called for an entry that is cut. */
  end(): void;
}

export interface ArchiveHandlers {
  /**
   * A regular file begins. `undefined`: its bytes are of no interest.
   * @throws ArchiveFault to refuse the archive
   */
  entry(entry: ArchiveEntry): EntryConsumer | undefined;
  other(kind: 'directory' | 'link' | 'device', name: Uint8Array, position: number): void;
  /** Awaited after every chunk, so that what was taken in can be handed on: this is the back-pressure. */
  settle(): Promise<void>;
  progress?(archiveBytes: number): void;
}

export interface ArchiveReading {
  /** Why reading stopped before the end marker; absent: the archive is whole. */
  readonly fault?: ArchiveFault;
  readonly endMarker: 'marker' | 'one-block' | 'none';
  /** Bytes of the archive that arrived; all of them, also after a fault. */
  readonly bytes: number;
  /** Hex, over all of these bytes. */
  readonly sha256: string;
  readonly uncompressedBytes: number;
  /** Entries of any kind. */
  readonly entries: number;
}

export type ArchiveLimits = Pick<Limits, 'uncompressedBytes' | 'ratio' | 'members'>;

/** Below this the ratio says nothing. */
const RATIO_FROM_BYTES = 64 * 1024 * 1024;

/**
 * Reads a tar.gz once, as a stream, in constant memory. Whatever is wrong with the bytes ends up in `fault`; what is
 * thrown came from the source of the bytes or from a handler.
 */
export async function readArchive(
  source: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  handlers: ArchiveHandlers,
  createInflater: (checksum: DerivedCrc) => Inflater = (checksum) => new KernelInflater(checksum),
): Promise<ArchiveReading> {
  const tap = new Tap(source, (bytes) => handlers.progress?.(bytes));
  const checksum = new DerivedCrc();
  const reader = new TarReader(handlers, checksum);
  const guard = new TarGuard(
    { entries: limits.members, entryBytes: limits.uncompressedBytes },
    {
      file: (entry) => reader.expect(entry),
      other: (kind, name, position) => handlers.other(kind, name, position),
      forward: (bytes, data) => reader.queue(bytes, data),
    },
  );
  let fault: ArchiveFault | undefined;
  let endMarker: ArchiveReading['endMarker'] = 'none';
  let uncompressedBytes = 0;

  const guarded = (chunk: Uint8Array): void => {
    try {
      guard.write(chunk);
    } catch (error) {
      fault = asFault(error);
    }
  };

  try {
    const head = await tap.peek(MAGIC_BYTES);
    requireGzip(head);
    try {
      for await (const chunk of gunzip(tap, createInflater(checksum))) {
        if (uncompressedBytes === 0) requireTar(chunk);
        uncompressedBytes += chunk.byteLength;
        requireWithin(limits, uncompressedBytes, tap.bytes);
        // After damage inside the tar the rest is inflated only to learn whether the gzip itself is sound.
        if (fault === undefined) guarded(chunk);
        await reader.drain();
        await handlers.settle();
        if (fault?.kind === 'reject') break;
      }
      if (uncompressedBytes === 0) throw reject('archive-corrupt', 'the gzip holds nothing, not even a tar');
      if (fault === undefined) endMarker = guard.end();
    } catch (error) {
      fault = worse(fault, asFault(error), guard);
    }
    if (guard.entries === 0 && fault?.code === 'archive-corrupt')
      fault = reject('archive-corrupt', fault.detail, fault.offset);
    await reader.finish(guard.filesPassed);
    await tap.drain();
  } catch (error) {
    fault = asFault(error);
    await tap.drain();
  } finally {
    reader.destroy();
    await tap.close();
  }
  return {
    ...(fault ? { fault } : {}),
    endMarker,
    bytes: tap.bytes,
    sha256: tap.sha256(),
    uncompressedBytes,
    entries: guard.entries,
  };
}

function requireGzip(head: Uint8Array): void {
  if (head.byteLength === 0) throw reject('archive-empty', 'the object has no bytes', 0);
  if (isGzip(head)) return;
  throw reject('archive-not-gzip', `not a gzip but ${nameContainer(head) ?? 'something unknown'}`, 0);
}

function requireTar(first: Uint8Array): void {
  const container = nameContainer(first);
  if (container !== undefined && container !== 'a plain tar') {
    throw reject('archive-corrupt', `the gzip holds ${container}, not a tar`);
  }
}

function requireWithin(limits: ArchiveLimits, uncompressed: number, compressed: number): void {
  if (uncompressed > limits.uncompressedBytes) {
    throw reject('archive-limit', `more than ${limits.uncompressedBytes} bytes uncompressed`);
  }
  if (uncompressed > RATIO_FROM_BYTES && uncompressed > compressed * limits.ratio) {
    throw reject('archive-limit', `more than ${limits.ratio} bytes per compressed byte`);
  }
}

/** A broken tar inside a broken gzip is no cut but damage: then what came before cannot be trusted either. */
function worse(inTar: ArchiveFault | undefined, now: ArchiveFault, guard: TarGuard): ArchiveFault {
  if (now.kind === 'reject') return now;
  if (inTar === undefined)
    return cut(now.code, `${now.detail} (byte ${guard.offset} of the tar)`, now.offset);
  return inTar.kind === 'reject'
    ? inTar
    : reject(inTar.code, `${inTar.detail}, and ${now.detail}`, now.offset);
}

function asFault(error: unknown): ArchiveFault {
  if (error instanceof ArchiveFault) return error;
  throw error;
}

/** The source, counted and hashed on its way; after a fault the rest is read for the count and the hash alone. */
class Tap implements AsyncIterable<Uint8Array> {
  bytes = 0;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #hash = createHash('sha256');
  readonly #progress: (bytes: number) => void;
  #peeked: Uint8Array | undefined;

  constructor(source: AsyncIterable<Uint8Array>, progress: (bytes: number) => void) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#progress = progress;
  }

  /** At least `length` bytes, unless the source has fewer. They will be read again. */
  async peek(length: number): Promise<Uint8Array> {
    let head = Buffer.alloc(0);
    while (head.byteLength < length) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      head = Buffer.concat([head, chunk]);
    }
    this.#peeked = head;
    return head;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#peeked?.byteLength) {
      const head = this.#peeked;
      this.#peeked = undefined;
      yield head;
    }
    for (;;) {
      const chunk = await this.#next();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  async drain(): Promise<void> {
    while ((await this.#next()) !== undefined);
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#iterator.next();
    if (done) return undefined;
    this.bytes += value.byteLength;
    this.#hash.update(value);
    this.#progress(this.bytes);
    return value;
  }
}
