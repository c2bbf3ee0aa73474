import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ObjectNotFoundError, PreconditionFailedError } from '../errors.js';
import type { ObjectInfo } from '../object-store.js';
import { type ContentRecords, etagOfLanded, etagOfRecord } from './content-record.js';
import type { Generation, Generations } from './generations.js';
import { isAbsent, type Tree } from './tree.js';
import type { WalkedFile } from './walk.js';

/** The version of an object that readers see now. */
export interface CurrentObject {
  readonly info: ObjectInfo;
  readonly generation: Generation;
}

export interface OpenObject {
  readonly file: FileHandle;
  readonly stat: BigIntStats;
  readonly info: ObjectInfo;
}

/** Finds and opens the file that is an object's current version. */
export class ObjectFiles {
  constructor(
    private readonly tree: Tree,
    private readonly generations: Generations,
    private readonly records: ContentRecords,
  ) {}

  async find(key: string): Promise<CurrentObject | undefined> {
    const generation = await this.generations.current(this.tree.pathOf(key));
    if (!(await this.tree.isPlainDirectory(dirname(generation.path)))) return undefined;
    const info = await this.look(key, generation.path);
    return info && { info, generation };
  }

  /** Like `find`, without what walking the directories has shown already. */
  async describeWalked(file: WalkedFile): Promise<ObjectInfo | undefined> {
    if (file.replaced) return (await this.find(file.key))?.info;
    return this.look(file.key, join(this.tree.root, file.key));
  }

  /** @throws ObjectNotFoundError, PreconditionFailedError when the ETag is not `ifMatch` */
  async open(key: string, ifMatch?: string): Promise<OpenObject> {
    const current = await this.find(key);
    if (current === undefined) throw new ObjectNotFoundError(key);
    requireMatch(current.info, ifMatch);
    // What stands there now need not be what was looked at: a link is not followed, a pipe not waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(current.generation.path, flags).catch((error: unknown) => {
      throw isAbsent(error) ? new ObjectNotFoundError(key) : error;
    });
    try {
      const stat = await file.stat({ bigint: true });
      if (!stat.isFile()) throw new ObjectNotFoundError(key);
      const info = await this.describe(key, stat);
      requireMatch(info, ifMatch);
      return { file, stat, info };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async describe(key: string, stat: BigIntStats): Promise<ObjectInfo> {
    const record = await this.records.find(key, stat);
    const common = { key, bytes: Number(stat.size), lastModified: new Date(Number(stat.mtimeMs)) };
    if (record === undefined) return { ...common, etag: etagOfLanded(stat) };
    return { ...common, etag: etagOfRecord(record), crc32: record.crc32 };
  }

  private async look(key: string, path: string): Promise<ObjectInfo | undefined> {
    try {
      const stat = await lstat(path, { bigint: true });
      return stat.isFile() ? await this.describe(key, stat) : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

function requireMatch(info: ObjectInfo, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === info.etag) return;
  throw new PreconditionFailedError(info.key, `ETag is ${info.etag}, expected ${ifMatch}`);
}
