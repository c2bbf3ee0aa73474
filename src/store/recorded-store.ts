import { appendFileSync } from 'node:fs';
import type { ObjectStore } from './object-store.js';

const RECORDED = new Set<string | symbol>([
  'head',
  'get',
  'getBytes',
  'put',
  'delete',
  'list',
  'createUpload',
  'uploadPart',
  'copyPart',
  'listParts',
  'completeUpload',
  'abortUpload',
  'listUploads',
]);

/**
 * With `PARTNERDAY_STORE_LOG=FILE`, every call to the store becomes one line of JSON there: `{at, pid, verb, key}`. For
 * proving what was read and written, and for looking into a slow day; off otherwise, at no cost.
 */
export function recordedStore(store: ObjectStore, env: NodeJS.ProcessEnv = process.env): ObjectStore {
  const file = env.PARTNERDAY_STORE_LOG;
  if (!file) return store;
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (!RECORDED.has(property)) return value.bind(target);
      return (...args: unknown[]) => {
        const first = args[0];
        const key = typeof first === 'string' ? first : (first as { key: string }).key;
        appendFileSync(
          file,
          `${JSON.stringify({ at: Date.now(), pid: process.pid, verb: property, key })}\n`,
        );
        return value.apply(target, args);
      };
    },
  });
}
