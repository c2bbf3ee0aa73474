import { setImmediate as turn } from 'node:timers/promises';
import { extract } from 'tar-stream';
import type { DerivedCrc } from '../store/derived-crc.js';
import { type ArchiveFault, reject } from './archive-fault.js';
import type { ArchiveHandlers, EntryConsumer } from './read-archive.js';
import type { GuardedEntry } from './tar-guard.js';

/** Regular files have one of these types; the guard lets no others through. */
const FILE_TYPES = new Set<unknown>(['file', 'contiguous-file']);

/** More steps than tar-stream needs to come to rest. */
const MAX_TURNS = 100;

/** tar-stream behind the guard: fed in step, held to what the guard announced. */
export class TarReader {
  // v7 headers have no magic; the guard has checked their checksum. The typings do not know the option.
  readonly #tar = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  readonly #handlers: Pick<ArchiveHandlers, 'entry'>;
  #expected: GuardedEntry[] = [];
  #queue: Uint8Array[] = [];
  /** Bytes of data passed on, and those that have come out again. */
  #given = 0;
  #taken = 0;
  #ended = 0;
  #error: unknown;
  #wake: () => void = () => {};

  constructor(handlers: Pick<ArchiveHandlers, 'entry'>, checksum: DerivedCrc) {
    this.#handlers = handlers;
    this.#tar.on('entry', (header, stream, next) => {
      const consumer = this.#begin(header.name, header.size, header.type);
      let crc: number | undefined = 0;
      stream.on('data', (data) => {
        const chunk = data as Buffer;
        this.#taken += chunk.byteLength;
        this.#guarded(() => {
          consumer?.write(chunk);
          const after = consumer?.crc32;
          if (crc !== undefined && after !== undefined) checksum.known(chunk, crc, after);
          crc = after;
        });
      });
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

  /** `data` of the bytes are an entry's own; the others are read on the way and never again. */
  queue(bytes: Uint8Array, data: number): void {
    this.#queue.push(bytes);
    this.#given += data;
  }

  /** Feeds what is queued and returns when none of its data is held any more. @throws what a handler threw */
  async drain(): Promise<void> {
    const queue = this.#queue;
    this.#queue = [];
    for (const bytes of queue) {
      if (this.#error !== undefined) break;
      if (!this.#tar.write(bytes)) await new Promise<void>((wake) => (this.#wake = wake));
    }
    await this.#until(() => this.#taken === this.#given);
  }

  /** Waits until all entries that were passed on completely have ended. */
  async finish(entries: number): Promise<void> {
    await this.drain();
    await this.#until(() => this.#ended === entries);
  }

  destroy(): void {
    this.#tar.destroy();
  }

  async #until(isDone: () => boolean): Promise<void> {
    for (let turns = 0; ; turns++) {
      if (this.#error !== undefined) throw this.#error;
      if (isDone()) return;
      if (turns === MAX_TURNS) throw disagreement();
      // streamx goes on in microtasks; a turn of the event loop is for when that should ever change.
      if (turns < MAX_TURNS / 2) await null;
      else await turn();
    }
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
      if (!agreed) throw disagreement();
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

function disagreement(): ArchiveFault {
  return reject('archive-hostile', 'two tar readers understand the same header differently');
}
