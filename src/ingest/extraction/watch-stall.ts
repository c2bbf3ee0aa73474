import { TransientError } from '../../errors.js';

/** The store keeps a connection open and sends nothing. */
export class StalledReadError extends TransientError {
  constructor(key: string, ms: number) {
    super(`${key}: no byte for ${ms / 1000} s`);
  }
}

/** Passes chunks on; gives up when the next one does not come in time. The time taken by the consumer does not count. */
export async function* watchStall(
  key: string,
  stream: AsyncIterable<Uint8Array>,
  ms: number,
): AsyncGenerator<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]();
  let stalled = false;
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => {
          stalled = true;
          fail(new StalledReadError(key, ms));
        }, ms);
      });
      let next: IteratorResult<Uint8Array>;
      try {
        next = await Promise.race([iterator.next(), late]);
      } finally {
        clearTimeout(timer);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    const closed = iterator.return?.();
    // A stream that hangs may never close.
    if (stalled) closed?.catch(() => undefined);
    else await closed;
  }
}
