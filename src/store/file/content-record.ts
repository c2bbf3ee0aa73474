import { createHash } from 'node:crypto';
import { type BigIntStats, fstatSync, readlinkSync } from 'node:fs';
import { type FileHandle, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32Hex } from '../crc32-hex.js';
import type { Tree } from './tree.js';
import { errnoOf } from './write-error.js';

/** CRC32 and size of an object this store wrote. */
export interface ContentRecord {
  readonly crc32: number;
  readonly bytes: number;
}

/**
 * Remembers the CRC32 of the objects this store wrote, so that `head` need not read them.
 *
 * A record is a symbolic link below `.store/crc/` whose *name* is (hash of the key, mtime in ns) and whose *target* is
 * `crc32-size`: one system call writes name and content at once, and only if nobody else has that name. A record is
 * made before the object is linked, and counts only for a file with exactly that mtime and size. Hence a file that
 * was changed or replaced by hand has no record, is treated as landed and has another ETag; two writers of one key
 * never share a record; a copy of the whole store that keeps times (`cp -a`, `rsync -a`) keeps its ETags.
 */
export class ContentRecords {
  constructor(private readonly tree: Tree) {}

  find(key: string, stat: BigIntStats): ContentRecord | undefined {
    try {
      const record = parse(readlinkSync(this.pathOf(key, stat.mtimeNs)));
      return record?.bytes === Number(stat.size) ? record : undefined;
    } catch (error) {
      if (errnoOf(error) !== undefined) return undefined;
      throw error;
    }
  }

  /** Records a file that is about to be linked at `key`; moves its mtime if another writer has that nanosecond. */
  async add(key: string, handle: FileHandle, record: ContentRecord): Promise<BigIntStats> {
    for (;;) {
      const stat = fstatSync(handle.fd, { bigint: true });
      const path = this.pathOf(key, stat.mtimeNs);
      try {
        await this.create(path, `${crc32Hex(record.crc32)}-${record.bytes}`, key);
        await this.tree.syncDirectory(dirname(path));
        return stat;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
        const now = (Date.now() + Math.random()) / 1000;
        await handle.utimes(now, now);
      }
    }
  }

  async remove(key: string, stat: BigIntStats): Promise<void> {
    await unlink(this.pathOf(key, stat.mtimeNs)).catch(() => undefined);
  }

  private async create(path: string, target: string, key: string): Promise<void> {
    try {
      await symlink(target, path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      await this.tree.makeDirectory(dirname(path), key);
      await symlink(target, path);
    }
  }

  private pathOf(key: string, mtimeNs: bigint): string {
    const hash = createHash('sha1').update(key).digest('hex');
    return join(this.tree.records, hash.slice(0, 2), `${hash.slice(2)}-${mtimeNs}`);
  }
}

/** ETag of an object we wrote: its content. */
export function etagOfRecord(record: ContentRecord): string {
  return `${crc32Hex(record.crc32)}-${record.bytes}`;
}

/** ETag of a landed file: which file it is, and when its bytes last changed. */
export function etagOfLanded(stat: BigIntStats): string {
  return `${stat.ino}-${stat.size}-${stat.mtimeNs}`;
}

function parse(target: string): ContentRecord | undefined {
  const match = /^([0-9a-f]{8})-(\d+)$/.exec(target);
  return match === null ? undefined : { crc32: Number.parseInt(match[1]!, 16), bytes: Number(match[2]) };
}
