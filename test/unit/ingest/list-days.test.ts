import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listDays } from '../../../src/ingest/publication/list-days.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { openStore } from '../../../src/store/open-store.js';

let dir: string;
let store: ObjectStore;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'partnerday-days-'));
  store = await openStore(pathToFileURL(dir).href);
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it('lists a partner’s newest days, newest first, with one listing per day whatever a day holds', async () => {
  const keys = ['2024-12-31', '2025-05-01', '2025-05-02'].flatMap((date) =>
    Array.from({ length: 30 }, (_, index) => `acme/${date}/extract/${index}/manifest.json`),
  );
  for (const key of [...keys, 'acme/registry/orders/2025-05-01.json', 'acme-2/2025-06-01/published.json']) {
    await store.put(key, Buffer.from('{}'), { ifNoneMatch: '*' });
  }
  let listed = 0;
  const counting = Object.create(store) as ObjectStore;
  counting.list = async function* (...args: Parameters<ObjectStore['list']>) {
    for await (const info of store.list(...args)) {
      listed++;
      yield info;
    }
  };
  expect(await listDays(counting, 'acme', 2)).toEqual(['2025-05-02', '2025-05-01']);
  expect(listed).toBeLessThan(10);
  expect(await listDays(store, 'acme', 10)).toEqual(['2025-05-02', '2025-05-01', '2024-12-31']);
  expect(await listDays(store, 'nobody', 10)).toEqual([]);
});
