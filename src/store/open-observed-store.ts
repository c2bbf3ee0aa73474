import { faultyStore } from './faults/faulty-store.js';
import type { ObjectStore } from './object-store.js';
import { openStore } from './open-store.js';
import { recordedStore } from './recorded-store.js';

/** The store as workers use it: with its calls recorded, and faults injected into it, where the environment says so. */
export async function openObservedStore(
  url: string,
  env: NodeJS.ProcessEnv,
  phase: () => string,
): Promise<ObjectStore> {
  return recordedStore(faultyStore(await openStore(url, env), env, phase), env, phase);
}
