import { appendFileSync } from 'node:fs';
import type { ObjectStore } from './object-store.js';
import { STORE_VERBS } from './store-verb.js';

const RECORDED = new Set<string | symbol>(STORE_VERBS);

/**
 * With `PARTNERDAY_STORE_LOG=FILE`, every call to the store becomes one line of JSON there: `{at, pid, phase, verb, key}`.
 * For proving what was read and written, and for looking into a slow day; off otherwise, at no cost. `phase`: what the
 * caller is doing just now.
 */
export function recordedStore(
  store: ObjectStore,
  env: NodeJS.ProcessEnv = process.env,
  phase: () => string = () => 'other',
): ObjectStore {
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
        const line = { at: Date.now(), pid: process.pid, phase: phase(), verb: property, key };
        appendFileSync(file, `${JSON.stringify(line)}\n`);
        return value.apply(target, args);
      };
    },
  });
}
