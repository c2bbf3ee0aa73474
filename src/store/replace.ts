import { ObjectNotFoundError, PreconditionFailedError } from './errors.js';
import type { CallOptions, ObjectStore } from './object-store.js';

const RACES = 5;

/** Writes what may be written over and over: of several writers the last one wins, and each is as good. */
export async function replace(
  store: ObjectStore,
  key: string,
  bytes: Buffer,
  options: CallOptions = {},
): Promise<void> {
  for (let race = 0; race < RACES; race++) {
    const there = await store.head(key, options);
    const condition = there === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: there.etag };
    try {
      await store.put(key, bytes, condition, options);
      return;
    } catch (error) {
      if (!(error instanceof PreconditionFailedError) && !(error instanceof ObjectNotFoundError)) throw error;
    }
  }
}
