import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Numbers calls from 1, each number once, whatever the number of processes and threads and however often they are
 * killed: a number is taken by creating the file of that name.
 */
export class CallCounter {
  #next = 1;
  #made = false;

  constructor(private readonly directory: string) {}

  take(): number {
    if (!this.#made) mkdirSync(this.directory, { recursive: true });
    this.#made = true;
    for (; ; this.#next++) {
      try {
        closeSync(openSync(join(this.directory, String(this.#next)), 'wx'));
        return this.#next++;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}
