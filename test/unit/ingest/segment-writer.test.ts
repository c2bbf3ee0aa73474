import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type MemberRows,
  SegmentWriter,
  type SegmentWriterOptions,
} from '../../../src/ingest/extraction/segment-writer.js';
import { ObjectWriter } from '../../../src/ingest/merging/object-writer.js';
import { crc32 } from '../../../src/store/crc32.js';
import { ChecksumMismatchError, ConflictError } from '../../../src/store/errors.js';
import { FileStore } from '../../../src/store/file/file-store.js';

let root: string;
let store: FileStore;
let runs = 0;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'segments-'));
  store = new FileStore({ root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Member {
  table: string;
  rows: string;
}

/** Writes members in pieces of `piece` bytes; settles now and then. @returns ranges and objects, as text */
async function write(members: readonly Member[], piece: number, limits: SegmentWriterOptions) {
  const prefix = `run-${runs++}/`;
  const writer = new SegmentWriter(
    (name) => new ObjectWriter(store, prefix + name, { partBytes: 64 }),
    limits,
  );
  const handles: MemberRows[] = [];
  for (const { table, rows } of members) {
    const handle = writer.begin(table);
    handles.push(handle);
    const bytes = Buffer.from(rows);
    for (let at = 0; at < bytes.length; at += piece) {
      handle.write(bytes.subarray(at, at + piece));
      if (at % 3 === 0) await writer.settle();
    }
  }
  const objects = await writer.close();
  const contents = await Promise.all(objects.map(({ name }) => store.getBytes(prefix + name)));
  const ranges = handles.map((handle) => handle.range());
  return { ranges, contents, objects };
}

const member = fc.record({
  table: fc.constantFrom('a', 'b', 'c'),
  rows: fc.string({ unit: fc.constantFrom('x', 'y', '\n'), maxLength: 150 }),
});
const limits = fc.record({
  bufferedTables: fc.integer({ min: 1, max: 3 }),
  bufferBytes: fc.integer({ min: 1, max: 200 }),
  objectBytes: fc.integer({ min: 1, max: 400 }),
});

describe('SegmentWriter', () => {
  it('puts every member in one piece, and its layout depends on the rows alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { maxLength: 12 }),
        limits,
        fc.integer({ min: 1, max: 90 }),
        async (members, sizes, piece) => {
          const once = await write(members, piece, sizes);
          for (const [index, { rows }] of members.entries()) {
            const range = once.ranges[index];
            if (rows === '') expect(range).toBeUndefined();
            else {
              const bytes = once.contents[range!.object]!.subarray(
                range!.offset,
                range!.offset + range!.bytes,
              );
              expect(bytes.toString()).toBe(rows);
              expect(range!.crc32).toBe(crc32(bytes));
            }
          }
          const total = members.reduce((sum, { rows }) => sum + rows.length, 0);
          expect(once.contents.reduce((sum, { length }) => sum + length, 0)).toBe(total);
          for (const [index, { bytes, crc32: crc }] of once.objects.entries()) {
            expect([bytes, crc]).toEqual([once.contents[index]!.length, crc32(once.contents[index]!)]);
          }
          const again = await write(members, 1000, sizes);
          expect(again.ranges).toEqual(once.ranges);
          expect(again.objects).toEqual(once.objects);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps a table that is larger than the buffer in one run', async () => {
    const members = ['1', '2', '3', '4'].map((digit) => ({ table: 'a', rows: `${digit}\n`.repeat(50) }));
    const { contents } = await write(members, 10, { bufferBytes: 30, objectBytes: 10_000 });
    expect(contents.map(String)).toEqual([members.map(({ rows }) => rows).join('')]);
  });

  it('writes out the largest table when the buffer is spent', async () => {
    const members = [
      { table: 'small', rows: '1\n' },
      { table: 'large', rows: '222222\n' },
      { table: 'small', rows: '3\n' },
    ];
    const { contents } = await write(members, 100, { bufferBytes: 11, objectBytes: 10_000 });
    expect(contents.map(String)).toEqual(['222222\n1\n3\n']);
  });
});

it('writes out the largest table when too many have rows in memory', async () => {
  const members = [
    { table: 'a', rows: '1\n' },
    { table: 'b', rows: '222\n' },
    { table: 'c', rows: '3\n' },
  ];
  const { contents } = await write(members, 100, { bufferedTables: 2 });
  expect(contents.map(String)).toEqual(['222\n1\n3\n']);
});

describe('ObjectWriter', () => {
  const fill = async (key: string, text: string) => {
    const writer = new ObjectWriter(store, key, { partBytes: 10 });
    writer.write(Buffer.from(text));
    return writer.close(crc32(Buffer.from(text)));
  };

  it.each(['short', 'longer than one part'])(
    'a repeat with the same bytes is a success (%s)',
    async (text) => {
      const first = await fill('k', text);
      expect(await fill('k', text)).toEqual(first);
      expect((await store.getBytes('k')).toString()).toBe(text);
    },
  );

  it.each(['short', 'longer than one part'])('other bytes under the key stay (%s)', async (text) => {
    await fill('k', text);
    await expect(fill('k', text.toUpperCase())).rejects.toThrow(ConflictError);
    expect((await store.getBytes('k')).toString()).toBe(text);
  });

  it.each(['short', 'longer than one part'])(
    'bytes that are not what was written do not stay visible (%s)',
    async (text) => {
      const writer = new ObjectWriter(store, 'k', { partBytes: 10 });
      writer.write(Buffer.from(text));
      await expect(writer.close(1)).rejects.toThrow(ChecksumMismatchError);
      expect(await store.head('k')).toBeUndefined();
    },
  );

  it('what is aborted leaves no upload behind', async () => {
    const writer = new ObjectWriter(store, 'k', { partBytes: 10 });
    writer.write(Buffer.from('longer than one part'));
    await writer.settle();
    await writer.abort();
    const uploads: unknown[] = [];
    for await (const upload of store.listUploads('')) uploads.push(upload);
    expect(uploads).toEqual([]);
    expect(await store.head('k')).toBeUndefined();
  });
});
