import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '../../errors.js';
import { openObservedStore } from '../../store/open-observed-store.js';
import { extractHere } from '../extract-here.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

/** The thread's side of `ExtractThread`: one archive at a time, with a store connection of its own. */
const { storeUrl, env } = workerData as ThreadData;
const store = await openObservedStore(storeUrl, env, () => 'extract');
const port = parentPort!;
const say = (message: FromThread) => port.postMessage(message);
let running: AbortController | undefined;

port.on('message', async (message: ToThread) => {
  if (message.kind === 'abort') return running?.abort();
  const abort = new AbortController();
  running = abort;
  try {
    const result = await extractHere(store, message.task, {
      signal: abort.signal,
      onProgress: (bytes) => say({ kind: 'progress', bytes }),
    });
    say({ kind: 'done', result });
  } catch (error) {
    if (abort.signal.aborted) return say({ kind: 'aborted' });
    const { name, message: text, stack } = error instanceof Error ? error : new Error(String(error));
    // A defect may be gone with the next try; a person must see it either way.
    const transient = error instanceof DomainError ? error.transient : true;
    say({
      kind: 'failed',
      name: error instanceof DomainError ? name : 'UnexpectedError',
      message: text,
      stack,
      transient,
    });
  }
});
