import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/**
 * Files that were found right, by their bytes: a file of the same bytes needs no second comparison, which takes longer
 * than the run that wrote it.
 */
export class CheckedFiles {
  /** Table and SHA-256 of what was right. */
  #right = new Set();

  /** @returns {Promise<string>} what to remember the file by */
  async nameOf(table, path) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) hash.update(chunk);
    return `${table} ${hash.digest('hex')}`;
  }

  has(name) {
    return this.#right.has(name);
  }

  add(name) {
    this.#right.add(name);
  }
}
