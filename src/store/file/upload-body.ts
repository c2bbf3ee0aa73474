import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type RegionContent, writeRegion } from './region-writer.js';

/** Where a sent part begins, in which file of the upload's directory. */
export interface Region {
  readonly file: string;
  readonly offset: number;
}

/**
 * The parts one store was sent, or told to copy, in order: one after the other in one file that can become the object
 * as it is.
 *
 * A body is written by the store that made it and by nobody else: another worker that takes up the upload makes a
 * body of its own, or files of its own. Inside it each part has a region of its own that is given out once, so calls
 * of a worker that was taken for dead cannot overwrite its successor's. Only the store that wrote the body may
 * publish it, once it is sealed and nothing is being written: nobody else can know that no write is on its way.
 */
export class UploadBody {
  readonly file = `body-${randomUUID()}`;
  #made: Promise<void> | undefined;
  #next = 1;
  #end = 0;
  #writing = 0;
  #taking = true;

  constructor(
    private readonly pathOf: (file: string) => string,
    private readonly fsync: boolean,
  ) {}

  /**
   * Writes the part if it is the next one. The region is given out before anything is awaited: parts sent at once
   * have their places in the order of the calls. After a failure nothing more is taken.
   * @returns undefined when the part is not the next one
   */
  append(part: number, bytes: number, content: RegionContent): Promise<Region> | undefined {
    if (!this.#taking || part !== this.#next) return undefined;
    const offset = this.#end;
    this.#next++;
    this.#end += bytes;
    return this.#write(content, { offset, bytes });
  }

  /** Ends the body for good. @returns the file's path if it consists of `bytes` bytes that are all written */
  seal(bytes: number): string | undefined {
    if (!this.#taking || this.#writing > 0 || this.#end !== bytes) return undefined;
    this.#taking = false;
    return this.pathOf(this.file);
  }

  /** The file is not kept open: a body whose upload somebody dropped must not go on taking room on the disk. */
  async #write(content: RegionContent, place: { offset: number; bytes: number }): Promise<Region> {
    this.#writing++;
    try {
      this.#made ??= open(this.pathOf(this.file), 'wx').then((handle) => handle.close());
      await this.#made;
      await writeRegion(this.pathOf(this.file), place, content, this.fsync);
      return { file: this.file, offset: place.offset };
    } catch (error) {
      this.#taking = false;
      throw error;
    } finally {
      this.#writing--;
    }
  }
}
