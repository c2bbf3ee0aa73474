import { randomUUID } from 'node:crypto';
import { type FileHandle, link, lstat, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UploadGoneError } from '../errors.js';
import type { Upload } from '../object-store.js';
import { isAbsent, type Tree } from './tree.js';
import { errnoOf } from './write-error.js';

const ABANDONED_AFTER_MS = 24 * 3600 * 1000;

/** A new file that no reader can see; it gets a name readers see by `link`, or disappears. */
export interface StagedFile {
  readonly path: string;
  readonly file: FileHandle;
}

/** Makes staged files, all in one directory, so that what a killed process leaves there can be found and removed. */
export class Staging {
  #swept = false;

  constructor(private readonly tree: Tree) {}

  /** Runs `use` with a new file; the staged name is gone afterwards, whatever happens. */
  async with<T>(key: string, use: (staged: StagedFile) => Promise<T>): Promise<T> {
    return this.using(await this.create(key), use);
  }

  /**
   * The same with a file of an upload, which keeps the name it has there: what happens to the upload from then on is
   * of no concern.
   * @throws UploadGoneError
   */
  async withLink<T>(upload: Upload, path: string, use: (staged: StagedFile) => Promise<T>): Promise<T> {
    const linked = join(this.tree.staging, randomUUID());
    await this.tree.makeDirectory(this.tree.staging, upload.key);
    await link(path, linked).catch((error: unknown) => {
      throw isAbsent(error) ? new UploadGoneError(upload.key, upload.uploadId) : error;
    });
    return this.using({ path: linked, file: await open(linked, 'r+') }, use);
  }

  private async using<T>(staged: StagedFile, use: (staged: StagedFile) => Promise<T>): Promise<T> {
    try {
      return await use(staged);
    } finally {
      await staged.file.close();
      await rm(staged.path, { force: true });
    }
  }

  private async create(key: string): Promise<StagedFile> {
    const path = join(this.tree.staging, randomUUID());
    try {
      return { path, file: await open(path, 'wx+') };
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      await this.tree.makeDirectory(dirname(path), key);
      return { path, file: await open(path, 'wx+') };
    } finally {
      void this.sweep();
    }
  }

  /** Once per process: a file being written has a young mtime, an old one belongs to nobody. */
  private async sweep(): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    const names = await readdir(this.tree.staging).catch(() => []);
    for (const name of names) {
      const path = join(this.tree.staging, name);
      const stat = await lstat(path).catch(() => undefined);
      if (stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_AFTER_MS) {
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }
}
