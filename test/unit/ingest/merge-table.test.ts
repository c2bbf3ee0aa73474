import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.js';
import { mergeTable } from '../../../src/ingest/merging/merge-table.js';
import { buildPlan } from '../../../src/ingest/planning/build-plan.js';
import type { TablePlan } from '../../../src/ingest/planning/plan.js';
import { crc32 } from '../../../src/store/crc32.js';
import { ConflictError } from '../../../src/store/errors.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import type { MultipartLimits, Upload } from '../../../src/store/object-store.js';
import {
  csvRow,
  DATE,
  type Extracted,
  extracted,
  layout,
  manifestsOf,
  PARTNER,
  storeSegments,
  temporaryStore,
} from '../../support/manifests.js';
import { partnerConfig } from '../../support/partner.js';

const LIMITS: MultipartLimits = {
  minPartBytes: 1_000,
  maxPartBytes: 20_000,
  maxParts: 1_000,
  minCopySourceBytes: 900,
  maxObjectBytes: 1e9,
};
const KEY = layout.version(1).table('orders');
const RECEIPT = layout.version(1).merged('orders');

let home: Awaited<ReturnType<typeof temporaryStore>>;
let store: FileStore;

beforeEach(async () => {
  home = await temporaryStore(LIMITS);
  store = home.store;
});
afterEach(() => home.remove());

/** 12 archives: large and small ones, one with its columns moved and one added. */
function drop(): Extracted[] {
  return Array.from({ length: 12 }, (_, n) => {
    const rows = Array.from({ length: n % 3 === 0 ? 700 : 20 }, (_, row) => [
      `${n}-${row}`,
      row % 7 === 0 ? '' : 'a "b",\nc',
    ]);
    const header = ['id', 'note'];
    const moved = n === 4 || n === 9;
    return extracted({
      name: `${String(n).padStart(2, '0')}.tar.gz`,
      members: [
        {
          name: `orders_${n}`,
          header: moved ? ['tax', 'note', 'id'] : header,
          rows: moved ? rows.map(([id, note]) => ['7', note!, id!]) : rows,
        },
      ],
    });
  });
}

/** The same without the two whose columns differ. */
function plain(): Extracted[] {
  return drop().filter((_, n) => n !== 4 && n !== 9);
}

function planned(archives: readonly Extracted[], config = partnerConfig()): TablePlan {
  const { tables } = buildPlan({
    partner: PARTNER,
    date: DATE,
    version: 1,
    configKey: 'none',
    config,
    verdict: 'complete',
    landed: archives.map(({ archive }) => archive),
    manifests: manifestsOf(archives),
  });
  return tables[0]!;
}

/** The table, put together from the archives by hand. */
function expectedTable(archives: readonly Extracted[], columns: readonly string[]): Buffer {
  const lines = [csvRow(columns)];
  for (const { manifest, segment } of archives) {
    const member = manifest.members[0]!;
    const header = manifest.headers[member.header!]!;
    const text = segment.toString();
    for (const row of text.split(/(?<=\n)(?=\d+-\d+,|7,)/)) {
      if (row === '') continue;
      const cells =
        header.length === 2
          ? [row.slice(0, row.indexOf(',')), row.slice(row.indexOf(',') + 1, -1)]
          : undefined;
      const fields = cells ?? [
        '7',
        row.slice(2, row.lastIndexOf(',')),
        row.slice(row.lastIndexOf(',') + 1, -1),
      ];
      lines.push(`${columns.map((column) => fields[header.indexOf(column)] ?? '').join(',')}\n`);
    }
  }
  return Buffer.from(lines.join(''));
}

async function uploads(): Promise<Upload[]> {
  const found: Upload[] = [];
  for await (const upload of store.listUploads('')) found.push(upload);
  return found;
}

describe('merging a table', () => {
  it('gives the rows of all ranges in canonical order and columns, and a receipt that says so', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    expect(plan.columns).toEqual(['id', 'note', 'tax']);
    const receipt = await mergeTable({ store, layout, plan });
    const bytes = await store.getBytes(KEY);
    const expected = expectedTable(archives, plan.columns);
    expect(bytes.equals(expected)).toBe(true);
    const rows = 4 * 700 + 8 * 20;
    expect(receipt).toMatchObject({ rows, rewrittenRows: rows, bytes: bytes.length, crc32: crc32(bytes) });
    expect(receipt.workerBytes).toBe(receipt.workerBytesPredicted);
  });

  it('copies ranges that have the table’s columns inside the store', async () => {
    const archives = plain();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const receipt = await mergeTable({ store, layout, plan, copyAtLeast: 1 });
    expect((await store.getBytes(KEY)).equals(expectedTable(archives, plan.columns))).toBe(true);
    expect(receipt.rewrittenRows).toBe(0);
    expect(receipt.workerBytes).toBe(receipt.workerBytesPredicted);
    expect(receipt.workerBytes).toBeLessThan(receipt.bytes / 2);
  });

  it('drops columns the contract discards', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const config = partnerConfig({
      tables: { orders: { columns: ['id', 'note'], contract: { columns: 'discard' } } },
    });
    const plan = planned(archives, config);
    const receipt = await mergeTable({ store, layout, plan, copyAtLeast: 1 });
    expect((await store.getBytes(KEY)).equals(expectedTable(archives, ['id', 'note']))).toBe(true);
    expect(receipt.rewrittenRows).toBe(20 + 700);
  });

  it.each([3, 4, 7])(
    'joins intermediate objects when one upload may have %i parts only',
    async (maxParts) => {
      const archives = drop();
      const limits = { ...LIMITS, maxParts, maxPartBytes: 200_000 };
      const scarce = new FileStore({ root: home.root, limits });
      await storeSegments(scarce, archives);
      const plan = planned(archives);
      const receipt = await mergeTable({ store: scarce, layout, plan });
      expect((await scarce.getBytes(KEY)).equals(expectedTable(archives, plan.columns))).toBe(true);
      expect(receipt.workerBytes).toBe(receipt.workerBytesPredicted);
      const left: string[] = [];
      for await (const { key } of scarce.list(layout.version(1).prefix)) left.push(key);
      expect(left).toEqual([RECEIPT, KEY].sort());
    },
  );

  it('writes a header alone for a table without rows', async () => {
    const archives = [
      extracted({ name: 'a', members: [{ name: 'orders_1', header: ['id', 'a,b'], rows: [] }] }),
    ];
    const receipt = await mergeTable({ store, layout, plan: planned(archives) });
    expect((await store.getBytes(KEY)).toString()).toBe('id,"a,b"\n');
    expect(receipt).toMatchObject({ rows: 0, parts: 1, workerBytes: 0 });
  });

  it('reports progress up to the last byte', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const seen: number[] = [];
    const { bytes } = await mergeTable({
      store,
      layout,
      plan: planned(archives),
      onProgress: (p) => seen.push(p.bytes),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(bytes);
  });

  it('refuses a table its plan refuses', async () => {
    const plan = { ...planned(drop()), refused: 'breach of contract' };
    await expect(mergeTable({ store, layout, plan })).rejects.toThrow('orders: breach of contract');
  });
});

describe('merging again', () => {
  it('does nothing where there is a receipt', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const first = await mergeTable({ store, layout, plan });
    for (const { key } of archives) await store.delete(key);
    expect(await mergeTable({ store, layout, plan })).toEqual(first);
  });

  it('compares a table without receipt with its sources, and writes the same receipt', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const first = await mergeTable({ store, layout, plan });
    await store.delete(RECEIPT);
    expect(await mergeTable({ store, layout, plan })).toEqual(first);
    expect(await uploads()).toEqual([]);
  });

  it('never overwrites another content', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    await store.put(KEY, Buffer.from('id,note,tax\n'), { ifNoneMatch: '*' });
    await expect(mergeTable({ store, layout, plan: planned(archives) })).rejects.toThrow(ConflictError);
    expect((await store.getBytes(KEY)).toString()).toBe('id,note,tax\n');
    expect(await store.head(RECEIPT)).toBeUndefined();
  });

  it('takes up an upload that was interrupted, and copies no part twice', async () => {
    const archives = plain();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const dying = new AbortController();
    let copies = 0;
    const first = counting(store, () => {
      if (++copies === 3) dying.abort(new Error('killed'));
    });
    const options = { layout, plan, copyAtLeast: 1 };
    await expect(mergeTable({ ...options, store: first, signal: dying.signal })).rejects.toThrow('killed');
    const [left] = await uploads();
    const kept = (await store.listParts(left!)).length;
    expect(kept).toBeGreaterThan(0);
    const second = counting(store, () => copies++);
    copies = 0;
    const receipt = await mergeTable({ ...options, store: second });
    expect(copies).toBeLessThan(receipt.parts - 1);
    expect((await store.getBytes(KEY)).equals(expectedTable(archives, plan.columns))).toBe(true);
    expect(await uploads()).toEqual([]);
  });

  it('by several workers at once, one of them taken for dead, gives one table and one receipt', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const receipts = await Promise.all(
      [1, 2, 3].map(() => mergeTable({ store, layout, plan, copyAtLeast: 1 })),
    );
    expect(receipts[1]).toEqual(receipts[0]);
    expect(receipts[2]).toEqual(receipts[0]);
    expect((await store.getBytes(KEY)).equals(expectedTable(archives, plan.columns))).toBe(true);
    await mergeTable({ store, layout, plan });
    expect(await uploads()).toEqual([]);
  });

  it('starts afresh when what an interrupted upload left turns out to be something else', async () => {
    const archives = plain();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const options = { store, layout, plan, copyAtLeast: 1 };
    const decoy = extracted({
      name: 'decoy',
      members: [{ name: 'x_1', header: ['a'], rows: [['y'.repeat(50_000)]] }],
    });
    await storeSegments(store, [decoy]);
    const dying = new AbortController();
    const wrong = counting(store, () => dying.abort(new Error('killed')));
    await expect(mergeTable({ ...options, store: wrong, signal: dying.signal })).rejects.toThrow('killed');
    const [upload] = await uploads();
    const part = (await store.listParts(upload!)).find(({ etag }) => etag.includes(':'))!;
    await store.copyPart(upload!, part.part, {
      key: decoy.key,
      etag: decoy.manifest.objects[0]!.etag,
      offset: 0,
      length: part.bytes,
    });
    await expect(mergeTable(options)).rejects.toThrow(/CRC32/);
    await mergeTable(options);
    expect((await store.getBytes(KEY)).equals(expectedTable(archives, plan.columns))).toBe(true);
  });
});

describe('a source that is not what the plan says', () => {
  it('is refused when it was replaced', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    await writeFile(join(home.root, archives[1]!.key), 'another object altogether');
    await expect(mergeTable({ store, layout, plan })).rejects.toThrow(archives[1]!.key);
    expect(await store.head(KEY)).toBeUndefined();
  });

  it('is refused when its rows are not those of the plan', async () => {
    const archives = drop();
    await storeSegments(store, archives);
    const plan = planned(archives);
    const rewritten = plan.ranges.find(({ header }) => header !== 0)!;
    rewritten.rows++;
    await expect(mergeTable({ store, layout, plan })).rejects.toThrow(
      /the plan has \d+ rows there, the rewriter counted/,
    );
  });

  it('is refused when its bytes have another CRC32, in a copied range too', async () => {
    const archives = plain();
    await storeSegments(store, archives);
    const plan = planned(archives);
    plan.ranges[3]!.crc32 ^= 1;
    await expect(mergeTable({ store, layout, plan, copyAtLeast: 1 })).rejects.toThrow(/CRC32/);
    expect(await store.head(KEY)).toBeUndefined();
  });
});

/** The same store, telling of every copied part. */
function counting(inner: FileStore, onCopy: () => void): FileStore {
  return new Proxy(inner, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== 'copyPart') return value.bind(target);
      return async (...args: unknown[]) => {
        const result = await value.apply(target, args);
        onCopy();
        return result;
      };
    },
  });
}

it('an obstacle in the table’s place is a transient failure: removed, the same merge succeeds', async () => {
  const archives = plain();
  await storeSegments(store, archives);
  const plan = planned(archives);
  await mkdir(join(home.root, KEY), { recursive: true });
  await expect(mergeTable({ store, layout, plan })).rejects.toThrow(TransientError);
  await rmdir(join(home.root, KEY));
  const { bytes } = await mergeTable({ store, layout, plan });
  expect((await store.head(KEY))?.bytes).toBe(bytes);
});
