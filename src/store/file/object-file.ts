import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ObjectNotFoundError, PreconditionFailedError } from '../errors.js';
import type { ObjectInfo } from '../object-store.js';
import { type ContentRecords, etagOfLanded, etagOfRecord } from './content-record.js';
import { openDirect } from './direct-file.js';
import type { Generation, Generations } from './generations.js';
import { TRANSFER_BYTES } from './transfer-memory.js';
import { isAbsent, type Tree } from './tree.js';
import type { WalkedFile } from './walk.js';

/** The version of an object that readers see now. */
export interface CurrentObject {
  readonly info: ObjectInfo;
  readonly generation: Generation;
}

export interface OpenObject {
  readonly stat: BigIntStats;
  readonly info: ObjectInfo;
}

export interface OpenFile {
  readonly file: FileHandle;
  /** As of when it was opened. */
  readonly stat: BigIntStats;
  /** Whether reads go around the page cache, in whole blocks. */
  readonly direct: boolean;
}

/** Only uploads make objects this large, and they write around the page cache: what is read is not there. */
const DIRECT_FROM_BYTES = 8 * 1024 * 1024;

/** A link is not followed, a pipe not waited for. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Finds and opens the file that is an object's current version. */
export class ObjectFiles {
  constructor(
    private readonly tree: Tree,
    private readonly generations: Generations,
    private readonly records: ContentRecords,
  ) {}

  find(key: string): CurrentObject | undefined {
    const generation = this.generations.current(this.tree.pathOf(key));
    if (!this.tree.isPlainDirectory(dirname(generation.path))) return undefined;
    const info = this.look(key, generation.path);
    return info && { info, generation };
  }

  /** Like `find`, without what walking the directories has shown already. */
  describeWalked(file: WalkedFile): ObjectInfo | undefined {
    if (file.replaced) return this.find(file.key)?.info;
    const info = this.look(file.key, join(this.tree.root, file.key));
    if (info === undefined && file.key.includes('\ufffd')) return unreadableName(file.key);
    return info;
  }

  /**
   * `bytes`: how many are going to be read.
   * @throws ObjectNotFoundError, PreconditionFailedError when the ETag is not `ifMatch`
   */
  async open(
    key: string,
    { ifMatch, bytes }: { ifMatch?: string | undefined; bytes: number },
  ): Promise<OpenObject & OpenFile> {
    const { info, generation } = this.locate(key, ifMatch);
    try {
      const wasDirect = info.crc32 !== undefined && info.bytes >= DIRECT_FROM_BYTES;
      const direct =
        wasDirect && bytes >= TRANSFER_BYTES ? await openDirect(generation.path, READ_ONLY) : undefined;
      const file = direct ?? (await open(generation.path, READ_ONLY));
      try {
        return { file, direct: direct !== undefined, ...this.verify(key, file.fd, ifMatch) };
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw isAbsent(error) ? new ObjectNotFoundError(key) : error;
    }
  }

  /** `open` for one of very many small reads; the caller closes the descriptor. */
  openSync(key: string, ifMatch: string): OpenObject & { fd: number } {
    const fd = openSync(this.locate(key, ifMatch).generation.path, READ_ONLY);
    try {
      return { fd, ...this.verify(key, fd, ifMatch) };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  describe(key: string, stat: BigIntStats): ObjectInfo {
    const record = this.records.find(key, stat);
    const common = { key, bytes: Number(stat.size), lastModified: new Date(Number(stat.mtimeMs)) };
    if (record === undefined) return { ...common, etag: etagOfLanded(stat) };
    return { ...common, etag: etagOfRecord(record), crc32: record.crc32 };
  }

  private locate(key: string, ifMatch: string | undefined): CurrentObject {
    const current = this.find(key);
    if (current === undefined) throw new ObjectNotFoundError(key);
    requireMatch(current.info, ifMatch);
    return current;
  }

  /** What was opened need not be what was looked at. */
  private verify(key: string, fd: number, ifMatch: string | undefined): OpenObject {
    const stat = fstatSync(fd, { bigint: true });
    if (!stat.isFile()) throw new ObjectNotFoundError(key);
    const info = this.describe(key, stat);
    requireMatch(info, ifMatch);
    return { stat, info };
  }

  private look(key: string, path: string): ObjectInfo | undefined {
    try {
      const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      return stat?.isFile() ? this.describe(key, stat) : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

/**
 * A name that is not UTF-8 has no key it could be read by. It is listed all the same, with the key as far as it can
 * be shown and no bytes, so that what a partner sent fails by name instead of being passed over.
 */
function unreadableName(key: string): ObjectInfo {
  return { key, bytes: 0, etag: 'name-is-not-utf-8' };
}

function requireMatch(info: ObjectInfo, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === info.etag) return;
  throw new PreconditionFailedError(info.key, `ETag is ${info.etag}, expected ${ifMatch}`);
}
