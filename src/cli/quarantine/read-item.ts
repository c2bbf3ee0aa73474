import { ArchiveReplacedError } from '../../ingest/extraction/archive-replaced.js';
import { readMember } from '../../ingest/extraction/read-member.js';
import { pinnedRules } from '../../ingest/pinned-rules.js';
import type { QuarantinedItem } from '../../ingest/quarantine/quarantine.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../../store/errors.js';
import { usageError } from '../cli-error.js';
import type { Quarantine } from './open-quarantine.js';

/** The bytes of an item. A reader that has seen enough simply stops. */
export async function* readItem(
  { store, layout }: Quarantine,
  item: QuarantinedItem,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { kind, archive, raw } = item;
  if (kind === 'row') {
    if (!raw)
      throw usageError(`the bytes of ${item.id} were not kept: the contract of its table says discard`);
    yield raw;
    return;
  }
  try {
    if (kind === 'archive') yield* (await store.get(archive.key, { ifMatch: archive.etag, signal })).stream;
    else yield* memberBytes();
  } catch (error) {
    const gone = error instanceof PreconditionFailedError || error instanceof ArchiveReplacedError;
    if (!gone && !(error instanceof ObjectNotFoundError)) throw error;
    throw usageError(
      `${archive.key} is not there any more as it was read (ETag ${archive.etag}): its bytes are gone`,
    );
  }

  async function* memberBytes(): AsyncGenerator<Uint8Array> {
    const { limits } = await pinnedRules(store, layout, item.rulesId!, { signal });
    const pieces = new Handover();
    const reading = readMember(store, archive, item.position!, limits, pieces, { signal }).then(
      () => pieces.close(),
      (error: unknown) => pieces.close(error),
    );
    try {
      yield* pieces.taken();
    } finally {
      pieces.enough = true;
      pieces.release();
      await reading;
    }
  }
}

/** Hands chunks from a reader that pushes to one that pulls, one round at a time. */
class Handover {
  enough = false;
  #chunks: Uint8Array[] = [];
  #closed = false;
  #error: unknown;
  #arrived: (() => void) | undefined;
  #taken: (() => void) | undefined;

  write(chunk: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(chunk));
  }

  end(): void {}

  async settle(): Promise<void> {
    if (this.#chunks.length === 0 || this.enough) return;
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#arrived?.();
    await taken;
  }

  release(): void {
    this.#taken?.();
  }

  close(error?: unknown): void {
    this.#closed = true;
    this.#error = error;
    this.#arrived?.();
  }

  async *taken(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#chunks.length === 0 && !this.#closed) {
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
        });
      }
      const chunks = this.#chunks;
      this.#chunks = [];
      yield* chunks;
      this.release();
      if (!this.#closed || this.#chunks.length > 0) continue;
      if (this.#error !== undefined) throw this.#error;
      return;
    }
  }
}
