import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

const BUFFER_BYTES = 32 * 1024;

interface SpillFile {
  path: string;
  handle: FileHandle | undefined;
  lines: string[];
  waiting: number;
  bytes: number;
}

/** Lines of one side spread over files of a directory, by number. Holds one small buffer for each file. */
export class SpillFiles {
  readonly #files: SpillFile[];

  constructor(
    directory: string,
    name: string,
    readonly count: number,
  ) {
    this.#files = Array.from({ length: count }, (_, index) => ({
      path: join(directory, `${name}-${index}`),
      handle: undefined,
      lines: [],
      waiting: 0,
      bytes: 0,
    }));
  }

  /** Resolves at once, unless a buffer is full. */
  async write(index: number, line: string): Promise<void> {
    const file = this.#files[index]!;
    file.lines.push(line);
    file.waiting += line.length + 1;
    if (file.waiting >= BUFFER_BYTES) await this.#flush(file);
  }

  /** Writes what is buffered and closes the files. */
  async end(): Promise<{ path: string; bytes: number }[]> {
    for (const file of this.#files) {
      if (file.waiting > 0) await this.#flush(file);
      await file.handle?.close();
      file.handle = undefined;
    }
    return this.#files.map(({ path, bytes }) => ({ path, bytes }));
  }

  async #flush(file: SpillFile): Promise<void> {
    file.handle ??= await open(file.path, 'w', 0o600);
    const bytes = Buffer.from(`${file.lines.join('\n')}\n`, 'latin1');
    file.lines = [];
    file.waiting = 0;
    await file.handle.appendFile(bytes);
    file.bytes += bytes.byteLength;
  }
}
