import { afterAll, beforeAll, expect, it } from 'vitest';
import { mergeTable } from '../../src/ingest/merging/merge-table.js';
import { buildPlan } from '../../src/ingest/planning/build-plan.js';
import { crc32 } from '../../src/store/crc32.js';
import { S3Store } from '../../src/store/s3/s3-store.js';
import {
  DATE,
  type Extracted,
  extracted,
  layout,
  manifestsOf,
  PARTNER,
  storeSegments,
} from '../support/manifests.js';
import { partnerConfig } from '../support/partner.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';

let server: Versitygw;
let store: S3Store;

beforeAll(async () => {
  server = await startVersitygw();
  const { bucket, endpoint, env } = server;
  store = new S3Store({ bucket, prefix: 'merging', endpoint, env });
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

const MIB = 2 ** 20;

/** One member with about so many bytes of rows. */
function archive(name: string, table: string, bytes: number, header = ['id', 'note']): Extracted {
  const rows: string[][] = [];
  for (let written = 0, n = 0; written < bytes; n++) {
    const row = header.map((column) => (column === 'note' ? 'x'.repeat(1_000) : `${column}-${name}-${n}`));
    rows.push(row);
    written += row.join(',').length + 1;
  }
  return extracted({ name, members: [{ name: `${table}_${name}`, header, rows }] });
}

function planOf(archives: readonly Extracted[]) {
  const { tables } = buildPlan({
    partner: PARTNER,
    date: DATE,
    version: 1,
    configKey: 'none',
    config: partnerConfig(),
    verdict: 'complete',
    landed: archives.map(({ archive }) => archive),
    manifests: manifestsOf(archives),
  });
  return tables[0]!;
}

it('large ranges are copied inside the store; small and differing ones pass through, with the predicted bytes', async () => {
  const archives = [
    archive('a', 'orders', 12 * MIB),
    archive('b', 'orders', 1_000),
    archive('c', 'orders', 6 * MIB),
    archive('d', 'orders', 20_000, ['note', 'id']),
    archive('e', 'orders', 11 * MIB),
    archive('f', 'orders', 3 * MIB),
  ];
  await storeSegments(store, archives);
  const plan = planOf(archives);
  const receipt = await mergeTable({ store, layout, plan });
  const table = await store.getBytes(receipt.key);
  const straight = archives.map(({ segment, manifest }) =>
    manifest.headers[0]![0] === 'id' ? segment : Buffer.from(swapped(segment.toString())),
  );
  expect(table.equals(Buffer.concat([Buffer.from('id,note\n'), ...straight]))).toBe(true);
  expect(receipt.crc32).toBe(crc32(table));
  expect(receipt.workerBytes).toBe(receipt.workerBytesPredicted);
  expect(receipt.workerBytes).toBeLessThan(25 * MIB);
  expect(receipt.workerBytes).toBeGreaterThan(3 * MIB);
});

it('an interrupted merge is taken up again, and its table checked by the store’s own CRC32', async () => {
  const archives = Array.from({ length: 6 }, (_, n) => archive(`g${n}`, 'items', 6 * MIB));
  await storeSegments(store, archives);
  const plan = planOf(archives);
  const dying = new AbortController();
  const first = mergeTable({
    store,
    layout,
    plan,
    signal: dying.signal,
    onProgress: ({ bytes }) => {
      if (bytes > 20 * MIB) dying.abort(new Error('killed'));
    },
  });
  await expect(first).rejects.toThrow('killed');
  const receipt = await mergeTable({ store, layout, plan });
  const table = await store.getBytes(receipt.key);
  expect(receipt.crc32).toBe(crc32(table));
  expect((await store.head(receipt.key))?.crc32).toBe(receipt.crc32);
  expect(await mergeTable({ store, layout, plan })).toEqual(receipt);
  for await (const upload of store.listUploads(layout.prefix)) expect(upload).toBeUndefined();
});

function swapped(rows: string): string {
  return rows.replace(/^([^,\n]*),([^,\n]*)$/gm, '$2,$1');
}
