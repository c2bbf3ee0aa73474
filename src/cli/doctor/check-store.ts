import { randomUUID } from 'node:crypto';
import type { Cli } from '../cli.js';
import type { Check } from './run-checks.js';

const TOLERATED_SKEW_MS = 5_000;

/** Reachable, writable, and refusing to overwrite: what the commit protocol rests on; and whether the clocks agree. */
export async function checkStore(cli: Cli): Promise<Check[]> {
  const { url, from } = await cli.resolvedStore();
  const store = await cli.store();
  const reached: Check = { name: 'store', state: 'ok', found: `${url} (from ${from})` };
  const key = `doctor/${randomUUID()}`;
  const body = Buffer.from('written by partnerday doctor; may be deleted\n');
  const started = Date.now();
  await store.put(key, body, { ifNoneMatch: '*' });
  try {
    const refused = await store.put(key, body, { ifNoneMatch: '*' }).then(
      () => false,
      () => true,
    );
    const clock = clockCheck((await store.head(key))?.lastModified, started);
    const writable: Check = refused
      ? { name: 'store writes', state: 'ok', found: `conditional writes work (${Date.now() - started} ms)` }
      : {
          name: 'store writes',
          state: 'fail',
          found: 'a write with If-None-Match overwrote an object',
          fix: 'use a store with conditional writes',
        };
    return [reached, writable, ...(clock ? [clock] : [])];
  } finally {
    await store.delete(key);
  }
}

/** Signed requests and landing deadlines need clocks that agree. */
function clockCheck(theirs: Date | undefined, ours: number): Check | undefined {
  if (!theirs) return undefined;
  const skew = theirs.getTime() - ours;
  const name = 'clock';
  // The store may cut its times to whole seconds.
  if (Math.abs(skew) <= TOLERATED_SKEW_MS) return { name, state: 'ok', found: 'agrees with the store’s' };
  const seconds = Math.round(skew / 1000);
  return {
    name,
    state: 'warn',
    found: `the store’s clock is ${seconds} s off`,
    fix: 'synchronise the clocks (NTP)',
  };
}
