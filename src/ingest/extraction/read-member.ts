import { type EntryConsumer, readArchive } from '../../archive/read-archive.js';
import type { Limits } from '../../config/rules.js';
import { PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import { ArchiveReplacedError } from './archive-replaced.js';

export interface MemberSink extends EntryConsumer {
  /** Awaited between chunks. */
  settle?(): Promise<void>;
  /** Whether it has seen enough; asked between chunks. */
  readonly enough?: boolean;
}

/**
 * Reads an archive that is in the store still, up to the end of one member, and hands that member's bytes on.
 * `position`: 0-based among all entries. A cut member is not ended.
 * @throws ArchiveReplacedError when another object has taken the archive's place
 */
export async function readMember(
  store: ObjectStore,
  archive: ArchiveRef,
  position: number,
  limits: Limits,
  sink: MemberSink,
  call: CallOptions = {},
): Promise<void> {
  let ended = false;
  try {
    const { stream } = await store.get(archive.key, { ifMatch: archive.etag, ...call });
    await readArchive(stream, limits, {
      entry(entry) {
        if (entry.position !== position) return undefined;
        return {
          write: (chunk) => sink.write(chunk),
          end() {
            sink.end();
            ended = true;
          },
        };
      },
      other() {},
      async settle() {
        await sink.settle?.();
        if (ended || sink.enough) throw new Enough();
      },
    });
  } catch (error) {
    if (error instanceof PreconditionFailedError) throw new ArchiveReplacedError(archive, { cause: error });
    if (!(error instanceof Enough)) throw error;
  }
}

/** Nothing behind this is of interest. */
class Enough extends Error {}
