import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../../store/object-store.js';
import { extractHere } from '../extract-here.js';
import type { ExtractedArchive, Extractor, ExtractTask, ExtractWatch } from '../extractor.js';
import { ExtractThread } from './extract-thread-handle.js';
import type { ThreadData } from './thread-messages.js';

const ENTRY = new URL('./extract-thread.js', import.meta.url);

/**
 * Extraction on threads, so that inflating and scanning use every core and the worker's event loop (heartbeats, polls)
 * never waits for them. As many threads as archives are extracted at the same time.
 */
export class ExtractPool implements Extractor {
  readonly #idle: ExtractThread[] = [];
  readonly #all = new Set<ExtractThread>();

  constructor(private readonly data: ThreadData) {}

  async extract(task: ExtractTask, watch: ExtractWatch): Promise<ExtractedArchive> {
    const thread = this.#idle.pop() ?? this.#start();
    try {
      return await thread.extract(task, watch);
    } finally {
      if (thread.lost) this.#all.delete(thread);
      else this.#idle.push(thread);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.close()));
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
