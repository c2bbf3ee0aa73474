import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../../store/object-store.js';
import { extractHere } from '../extract-here.js';
import type { ExtractedArchive, Extractor, ExtractTask, ExtractWatch } from '../extractor.js';
import { ExtractThread } from './extract-thread-handle.js';
import type { ThreadData } from './thread-messages.js';

const ENTRY = new URL('./extract-thread.js', import.meta.url);

/** A thread holds some 50 MiB, which planning and merging want when the day's archives are read; starting one takes 0.2 s. */
const IDLE_MS = 10_000;

/**
 * Extraction on threads, so that inflating and scanning use every core and the worker's event loop (heartbeats, polls)
 * never waits for them. As many threads as archives are extracted at the same time; idle ones end after a while.
 */
export class ExtractPool implements Extractor {
  /** Those used last are taken first, so that threads too many become idle. */
  readonly #idle: ExtractThread[] = [];
  readonly #all = new Set<ExtractThread>();
  readonly #ends = new Map<ExtractThread, NodeJS.Timeout>();

  constructor(
    private readonly data: ThreadData,
    private readonly idleMs = IDLE_MS,
  ) {}

  /** Threads that are there, idle or not. */
  get threads(): number {
    return this.#all.size;
  }

  async extract(task: ExtractTask, watch: ExtractWatch): Promise<ExtractedArchive> {
    const thread = this.#idle.pop() ?? this.#start();
    clearTimeout(this.#ends.get(thread));
    try {
      return await thread.extract(task, watch);
    } finally {
      if (thread.lost) this.#forget(thread);
      else this.#rest(thread);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#ends.values()) clearTimeout(timer);
    await Promise.all([...this.#all].map((thread) => thread.close()));
  }

  #rest(thread: ExtractThread): void {
    this.#idle.push(thread);
    const end = () => {
      this.#idle.splice(this.#idle.indexOf(thread), 1);
      this.#forget(thread);
      void thread.close();
    };
    this.#ends.set(thread, setTimeout(end, this.idleMs).unref());
  }

  #forget(thread: ExtractThread): void {
    this.#all.delete(thread);
    this.#ends.delete(thread);
  }

  #start(): ExtractThread {
    const thread = new ExtractThread(ENTRY, this.data);
    this.#all.add(thread);
    return thread;
  }
}

/** Threads where the compiled entry is there; without it (sources run directly) the calling thread. */
export function createExtractor(store: ObjectStore, data: ThreadData): Extractor {
  if (existsSync(fileURLToPath(ENTRY))) return new ExtractPool(data);
  return { extract: (task, watch) => extractHere(store, task, watch), close: async () => undefined };
}
