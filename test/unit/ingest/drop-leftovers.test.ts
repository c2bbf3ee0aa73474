import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropLeftovers } from '../../../src/ingest/merging/drop-leftovers.js';
import type { ObjectStore } from '../../../src/store/object-store.js';
import { layout, temporaryStore } from '../../support/manifests.js';

const ONCE = { ifNoneMatch: '*' } as const;

describe('dropLeftovers', () => {
  let store: ObjectStore;
  let remove: () => Promise<void>;
  const version = layout.version(1);
  beforeEach(async () => {
    ({ store, remove } = await temporaryStore());
  });
  afterEach(() => remove());

  const begin = (key: string) => store.createUpload(key);
  const uploads = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of store.listUploads('')) keys.push(key);
    return keys;
  };

  it('aborts the uploads of the day, and of no other', async () => {
    await begin(layout.segment('0123456789abcdef', '0123456789abcdef', 'rows-0.csv'));
    await begin(version.table('orders'));
    await begin(layout.on('2026-11-22').version(1).table('orders'));
    await begin('acme-2/2026-11-21/v1/orders.csv');
    expect(await dropLeftovers({ store, layout, unmerged: [] })).toEqual({ uploads: 2, objects: 0 });
    expect(await uploads()).toEqual(['acme-2/2026-11-21/v1/orders.csv', 'acme/2026-11-22/v1/orders.csv']);
  });

  it('leaves what was begun of a table that is still to merge', async () => {
    await begin(version.table('orders'));
    await begin(version.compose('orders', 1, 0));
    await begin(version.table('orders_old'));
    await store.put(version.compose('orders', 1, 1), Buffer.from('x'), ONCE);
    await store.put(version.compose('orders_old', 1, 1), Buffer.from('x'), ONCE);
    const unmerged = [{ table: 'orders', version: 1 }];
    expect(await dropLeftovers({ store, layout, unmerged })).toEqual({ uploads: 1, objects: 1 });
    expect(await uploads()).toEqual([version.compose('orders', 1, 0), version.table('orders')].sort());
    expect(await store.head(version.compose('orders', 1, 1))).toBeDefined();
    expect(await store.head(version.compose('orders_old', 1, 1))).toBeUndefined();
  });

  it('deletes nothing but intermediate objects', async () => {
    const kept = [version.table('orders'), version.merged('orders'), version.plan, layout.published];
    for (const key of kept) await store.put(key, Buffer.from('x'), ONCE);
    await store.put(layout.version(2).compose('orders', 1, 0), Buffer.from('x'), ONCE);
    expect(await dropLeftovers({ store, layout, unmerged: [] })).toEqual({ uploads: 0, objects: 1 });
    const left: string[] = [];
    for await (const { key } of store.list('')) left.push(key);
    expect(left.sort()).toEqual(kept.sort());
  });
});
