import { PreconditionFailedError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import { ArchiveReplacedError } from './archive-replaced.js';
import { watchStall } from './watch-stall.js';

export interface ReadLandedOptions {
  readonly store: ObjectStore;
  readonly archive: ArchiveRef;
  readonly signal?: AbortSignal;
  /** Without a byte for so long the read is given up. Default 120 s. */
  readonly stallMs?: number;
}

const STALL_MS = 120_000;

/**
 * The archive's bytes, of the very object that was listed. A chunk is valid until the next is asked for.
 * @throws ArchiveReplacedError, and what the store throws
 */
export async function* readLanded({
  store,
  archive,
  signal,
  stallMs = STALL_MS,
}: ReadLandedOptions): AsyncGenerator<Uint8Array> {
  const giveUp = new AbortController();
  const signals = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal;
  try {
    const options = { ifMatch: archive.etag, signal: signals, reuse: true };
    const { stream } = await store.get(archive.key, options);
    yield* watchStall(archive.key, stream, stallMs);
  } catch (error) {
    // A body that went silent cannot be closed from here; its request can.
    giveUp.abort();
    if (error instanceof PreconditionFailedError) throw new ArchiveReplacedError(archive, { cause: error });
    throw error;
  }
}
