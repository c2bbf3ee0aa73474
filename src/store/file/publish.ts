import { type BigIntStats, lstatSync } from 'node:fs';
import { link, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PreconditionFailedError, StoreWriteError } from '../errors.js';
import type { ContentRecord, ContentRecords } from './content-record.js';
import type { StagedFile } from './staged-file.js';
import type { Tree } from './tree.js';
import { errnoOf } from './write-error.js';

/** Takes the final name for a complete staged file; false when it is taken already. */
export type TakeName = (plain: string) => Promise<boolean>;

/**
 * The last step of every write: sync (if asked for), record, name. Until the name is taken nobody sees anything;
 * from then on the whole object is there.
 * @throws PreconditionFailedError when the name was taken
 */
export async function publish(
  tree: Tree,
  records: ContentRecords,
  key: string,
  staged: StagedFile,
  content: ContentRecord,
  takeName: TakeName,
): Promise<BigIntStats> {
  const plain = tree.pathOf(key);
  if (tree.fsync) await staged.file.sync();
  const stat = await records.add(key, staged.file, content);
  let taken = false;
  try {
    taken = await takeName(plain);
    if (taken) await tree.syncDirectory(dirname(plain));
  } finally {
    if (!taken) await records.remove(key, stat);
  }
  if (!taken) throw new PreconditionFailedError(key, 'another writer was first');
  return stat;
}

/** `link` makes the name only if it is free. A pruned parent directory is made again. */
export async function linkNew(tree: Tree, key: string, staged: string, plain: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await link(staged, plain);
      return true;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EEXIST') {
        requirePlainFile(key, plain);
        return false;
      }
      if (code !== 'ENOENT' || attempt === 5) throw error;
      await tree.makeParent(key);
    }
  }
}

/** Replaces whatever version is there. */
export async function renameOver(tree: Tree, key: string, staged: string, plain: string): Promise<boolean> {
  await tree.makeParent(key);
  await rename(staged, plain);
  return true;
}

function requirePlainFile(key: string, plain: string): void {
  const stat = lstatSync(plain, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw new StoreWriteError(key, 'a directory stands where the file should be');
  if (stat !== undefined && !stat.isFile()) {
    throw new StoreWriteError(key, 'something that is not a plain file stands where the file should be');
  }
}
