import { lstatSync, realpathSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreUnreachableError, StoreWriteError } from '../errors.js';
import { InvalidKeyError, validateKey } from '../key.js';
import { errnoOf, inWords } from './write-error.js';

/** The store's own directory below the root. Names that begin with a dot are never objects. */
const OWN = '.store';

/**
 * The directory tree below the root: which path a key has, and that it lies inside.
 * Symbolic links below the root are neither objects nor directories, wherever they lead.
 * Looking at names is synchronous here and in what builds on this: on a local disk the kernel answers in microseconds,
 * a trip through the thread pool takes ten to a hundred times as long. Whatever writes, or moves bytes, is not.
 */
export class Tree {
  readonly staging: string;
  readonly records: string;
  readonly uploads: string;
  #realRoot: string | undefined;

  constructor(
    readonly url: string,
    readonly root: string,
    readonly fsync: boolean,
  ) {
    this.staging = join(root, OWN, 'tmp');
    this.records = join(root, OWN, 'crc');
    this.uploads = join(root, OWN, 'uploads');
  }

  /** @throws InvalidKeyError, also for names the store keeps for itself */
  pathOf(key: string): string {
    validateKey(key);
    for (const segment of key.split('/')) {
      if (segment.startsWith('.'))
        throw new InvalidKeyError(key, 'names that begin with "." are the file store\'s own');
      if (Buffer.byteLength(segment) > 255)
        throw new InvalidKeyError(key, 'a segment is longer than 255 bytes');
    }
    return join(this.root, key);
  }

  /** @throws StoreUnreachableError when the root is not a readable directory */
  requireRoot(): string {
    try {
      const real = realpathSync.native(this.root);
      if (lstatSync(real).isDirectory()) return real;
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      const detail =
        code === 'ENOENT' ? `directory ${this.root} does not exist` : `${this.root}: ${inWords(error)}`;
      throw new StoreUnreachableError(this.url, detail, { cause: error });
    }
    throw new StoreUnreachableError(this.url, `${this.root} is not a directory`);
  }

  /** Whether `directory` exists and is reached from the root without a symbolic link. */
  isPlainDirectory(directory: string): boolean {
    try {
      // The "/." makes a plain file an error.
      const real = realpathSync.native(`${directory}/.`);
      const below = directory.slice(this.root.length);
      if (this.#realRoot !== undefined && real === this.#realRoot + below) return true;
      this.#realRoot = this.requireRoot();
      return real === this.#realRoot + below;
    } catch (error) {
      if (!isAbsent(error)) throw error;
      this.requireRoot();
      return false;
    }
  }

  /** Makes the directories a key needs. @throws StoreWriteError when something else stands in their place */
  async makeParent(key: string): Promise<void> {
    const parent = dirname(this.pathOf(key));
    if (!this.isPlainDirectory(parent)) await this.makeDirectory(parent, key);
  }

  /** Not `mkdir` with `recursive`: that reports a read-only file system as a missing directory. */
  async makeDirectory(directory: string, forKey: string): Promise<void> {
    if (directory === this.root) {
      this.requireRoot();
      return;
    }
    // Before anything is made: through a symbolic link it would be made elsewhere.
    this.requireNoObstacle(directory, forKey);
    try {
      await mkdir(directory);
      await this.syncDirectory(dirname(directory));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT') {
        await this.makeDirectory(dirname(directory), forKey);
        return this.makeDirectory(directory, forKey);
      }
      if (code !== 'EEXIST') throw error;
      this.requireNoObstacle(directory, forKey);
    }
  }

  /** Directory entries survive a power loss only once their directory is synced. */
  async syncDirectory(directory: string): Promise<void> {
    if (!this.fsync) return;
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private requireNoObstacle(directory: string, forKey: string): void {
    let path = this.root;
    for (const segment of directory.slice(this.root.length).split('/').filter(Boolean)) {
      path = join(path, segment);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return;
      if (stat.isDirectory()) continue;
      const what = stat.isSymbolicLink() ? 'a symbolic link' : 'a plain file';
      const where = path.slice(this.root.length + 1);
      throw new StoreWriteError(forKey, `${what} stands where its directory ${where}/ should be`);
    }
  }
}

/** The path does not exist, or one of its directories is not one. */
export function isAbsent(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
}
