import { setImmediate as turn } from 'node:timers/promises';
import { extract } from 'tar-stream';
import { reject } from './archive-fault.js';
import type { ArchiveHandlers, EntryConsumer } from './read-archive.js';
import type { GuardedEntry } from './tar-guard.js';

/** Regular files have one of these types; the guard lets no others through. */
const FILE_TYPES = new Set<unknown>(['file', 'contiguous-file']);

/** More turns of the event loop than tar-stream needs to end an entry whose last byte it was given. */
const MAX_TURNS = 100;

/** tar-stream behind the guard: fed in step, held to what the guard announced. */
export class TarReader {
  // v7 headers have no magic; the guard has checked their checksum. The typings do not know the option.
  readonly #tar = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  readonly #handlers: Pick<ArchiveHandlers, 'entry'>;
  #expected: GuardedEntry[] = [];
  #queue: Uint8Array[] = [];
  #ended = 0;
  #error: unknown;
  #wake: () => void = () => {};

  constructor(handlers: Pick<ArchiveHandlers, 'entry'>) {
    this.#handlers = handlers;
    this.#tar.on('entry', (header, stream, next) => {
      const consumer = this.#begin(header.name, header.size, header.type);
      stream.on('data', (chunk) => this.#guarded(() => consumer?.write(chunk as Buffer)));
      stream.on('error', () => {});
      stream.on('end', () => {
        this.#guarded(() => consumer?.end());
        this.#ended++;
        next();
      });
      stream.resume();
    });
    this.#tar.on('drain', () => this.#wake());
    this.#tar.on('error', (error) => this.#fail(reject('archive-hostile', `tar-stream: ${error.message}`)));
  }

  /** The next entry tar-stream will find. */
  expect(entry: GuardedEntry): void {
    this.#expected.push(entry);
  }

  queue(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** Feeds what is queued. @throws what a handler threw */
  async drain(): Promise<void> {
    const queue = this.#queue;
    this.#queue = [];
    for (const bytes of queue) {
      if (this.#error !== undefined) break;
      if (!this.#tar.write(bytes)) await new Promise<void>((wake) => (this.#wake = wake));
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** Waits until all entries that were passed on completely have ended. */
  async finish(entries: number): Promise<void> {
    await this.drain();
    for (let turns = 0; this.#ended < entries; turns++) {
      if (this.#error !== undefined) throw this.#error;
      if (turns === MAX_TURNS) throw new Error(`tar-stream ended ${this.#ended} of ${entries} entries`);
      await turn();
    }
    if (this.#error !== undefined) throw this.#error;
  }

  destroy(): void {
    this.#tar.destroy();
  }

  #begin(name: string, size: number | undefined, type: unknown): EntryConsumer | undefined {
    let consumer: EntryConsumer | undefined;
    this.#guarded(() => {
      const entry = this.#expected.shift();
      const agreed =
        entry !== undefined &&
        FILE_TYPES.has(type) &&
        entry.size === size &&
        Buffer.from(entry.name).toString('utf8') === name;
      if (!agreed) throw reject('archive-hostile', 'two tar readers understand the same header differently');
      consumer = this.#handlers.entry(entry);
    });
    return consumer;
  }

  /** An error must not be thrown into the stream's own callbacks. */
  #guarded(act: () => void): void {
    if (this.#error !== undefined) return;
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    this.#wake();
  }
}
