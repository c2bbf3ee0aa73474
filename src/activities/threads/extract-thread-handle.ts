import { Worker } from 'node:worker_threads';
import { DomainError, TransientError } from '../../errors.js';
import type { ExtractedArchive, ExtractTask, ExtractWatch } from '../extractor.js';
import { THREAD_HEAP } from './thread-heap.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

/** What went wrong on a thread, with the name and the nature it had there. */
export class ThreadFailure extends DomainError {
  constructor(
    name: string,
    message: string,
    readonly transient: boolean,
    stack: string | undefined,
  ) {
    super(message);
    this.name = name;
    if (stack !== undefined) this.stack = stack;
  }
}

/** The thread itself ended: out of memory, or a crash below JavaScript. */
export class ThreadLostError extends TransientError {}

/** One thread that extracts one archive at a time. */
export class ExtractThread {
  readonly #thread: Worker;
  #lost: Error | undefined;

  constructor(entry: URL, data: ThreadData) {
    this.#thread = new Worker(entry, { workerData: data, resourceLimits: THREAD_HEAP });
    // An idle thread keeps no process alive.
    this.#thread.unref();
    this.#thread.on('error', (error) => {
      this.#lost = error;
    });
    this.#thread.on('exit', (code) => {
      this.#lost ??= new Error(`exit code ${code}`);
    });
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  async extract(task: ExtractTask, { signal, onProgress }: ExtractWatch): Promise<ExtractedArchive> {
    signal.throwIfAborted();
    const thread = this.#thread;
    const tell = (message: ToThread) => thread.postMessage(message);
    const abort = () => tell({ kind: 'abort' });
    thread.ref();
    signal.addEventListener('abort', abort, { once: true });
    let ended: (() => void) | undefined;
    let answered: ((message: FromThread) => void) | undefined;
    try {
      return await new Promise<ExtractedArchive>((resolve, reject) => {
        ended = () =>
          reject(new ThreadLostError(`the extraction thread was lost: ${this.#lost?.message ?? 'it ended'}`));
        answered = (message) => {
          if (message.kind === 'progress') onProgress(message.bytes);
          else if (message.kind === 'done') resolve(message.result);
          else if (message.kind === 'aborted') reject(signal.reason);
          else reject(new ThreadFailure(message.name, message.message, message.transient, message.stack));
        };
        thread.on('message', answered);
        thread.once('exit', ended);
        tell({ kind: 'extract', task });
      });
    } finally {
      signal.removeEventListener('abort', abort);
      if (answered) thread.off('message', answered);
      if (ended) thread.off('exit', ended);
      thread.unref();
    }
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
