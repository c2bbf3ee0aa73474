import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExtractPool } from '../../src/activities/threads/extract-pool.js';
import { rulesOf } from '../../src/config/rules-of.js';
import { LocalDay } from '../support/local-day.js';

/** Threads run the compiled entry. */
const BUILT = new URL('../../dist/activities/threads/extract-pool.js', import.meta.url);

describe('the threads that read archives', () => {
  let day: LocalDay;
  beforeAll(async () => {
    day = await LocalDay.create();
  });
  afterAll(() => day?.remove());

  it('are as many as archives are read at once, end when they are idle, and come back', async () => {
    const built = (await import(BUILT.href)) as { ExtractPool: typeof ExtractPool };
    const pool = new built.ExtractPool({ storeUrl: `file://${day.root}`, env: {} }, 200);
    const { partner, date } = day.layout;
    const extract = async (batch: number) => {
      await day.land(`${batch}.tar.gz`, {
        [`orders_${date.replaceAll('-', '')}_${batch}.csv`]: 'id\n1\n2\n',
      });
      const head = await day.store.head(day.key(`${batch}.tar.gz`));
      const archive = { source: 'main', key: head!.key, etag: head!.etag, bytes: head!.bytes };
      const watch = { signal: new AbortController().signal, onProgress: () => undefined };
      return pool.extract({ partner, date, archive, ...rulesOf(day.config) }, watch);
    };
    expect(await Promise.all([extract(1), extract(2)])).toMatchObject([{ rows: 2 }, { rows: 2 }]);
    expect(pool.threads).toBe(2);
    await expect.poll(() => pool.threads).toBe(0);
    expect(await extract(3)).toMatchObject({ rows: 2 });
    expect(pool.threads).toBe(1);
    await pool.close();
  });
});
