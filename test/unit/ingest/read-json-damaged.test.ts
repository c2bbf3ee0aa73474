import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeJson } from '../../../src/ingest/documents/json-object.js';
import { into, readJsonInTurns } from '../../../src/ingest/documents/read-json-in-turns.js';
import { UnreadableObjectError } from '../../../src/ingest/documents/unreadable-object.js';
import { DamagedBodyError } from '../../../src/store/errors.js';
import type { ObjectBody, ObjectInfo, ObjectStore } from '../../../src/store/object-store.js';
import { temporaryStore } from '../../support/manifests.js';

const KEY = 'acme/2026-11-20/v1/plan/orders.json';
const ITEMS = Array.from({ length: 5_000 }, (_, offset) => ({ offset }));

let store: ObjectStore;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ store, remove } = await temporaryStore());
});
afterEach(() => remove());

async function read(from: ObjectStore): Promise<number[]> {
  const offsets: number[] = [];
  const item = z.object({ offset: z.number() });
  const lists = { ranges: into(KEY, item, ({ offset }) => offsets.push(offset)) };
  await readJsonInTurns(from, KEY, z.looseObject({}), lists);
  return offsets;
}

/** The store, whose first reading gets one byte wrong. */
function damaging(
  at: number,
  byte: string,
  info: (info: ObjectInfo) => ObjectInfo = (own) => own,
): ObjectStore {
  let readings = 0;
  return new Proxy(store, {
    get(target, property) {
      if (property !== 'get') {
        const value = Reflect.get(target, property, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (...args: Parameters<ObjectStore['get']>): Promise<ObjectBody> => {
        const body = await store.get(...args);
        const damaged = readings++ === 0;
        return { info: info(body.info), stream: damaged ? withByte(body.stream, at, byte) : body.stream };
      };
    },
  });
}

async function* withByte(stream: AsyncIterable<Buffer>, at: number, byte: string): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const chunk of stream) {
    const own = Buffer.from(chunk);
    if (at >= offset && at < offset + own.length) own.write(byte, at - offset);
    offset += own.length;
    yield own;
  }
}

const bytes = encodeJson({ ranges: ITEMS });
const digit = bytes.indexOf('1234');
const asS3 = ({ crc32: _, ...info }: ObjectInfo): ObjectInfo => ({
  ...info,
  etag: createHash('md5').update(bytes).digest('hex'),
});
const asKms = (info: ObjectInfo): ObjectInfo => ({ ...asS3(info), etag: '0'.repeat(32) });

describe('a plan of which one byte is another when it arrives', () => {
  beforeEach(() => store.put(KEY, bytes, { ifNoneMatch: '*' }));

  it.each([
    ['is no JSON any more', 3, '}'],
    ['has another number in it', digit, '9'],
  ])('is read again: it %s', async (_, at, byte) => {
    const wrong = damaging(at, byte);
    await expect(read(wrong)).rejects.toThrow(DamagedBodyError);
    expect(await read(wrong)).toEqual(ITEMS.map(({ offset }) => offset));
  });

  it('is noticed by its MD5 where the store knows no CRC32', async () => {
    await expect(read(withEtag(damaging(digit, '9', asS3)))).rejects.toThrow(DamagedBodyError);
  });

  it('is believed when two readings agree, as an ETag need not be an MD5', async () => {
    const [first] = await read(withEtag(damaging(bytes.length, '', asKms)));
    expect(first).toBe(0);
  });
});

/** Readings by an ETag that the file store has never heard of. */
function withEtag(from: ObjectStore): ObjectStore {
  return new Proxy(from, {
    get(target, property) {
      const value = Reflect.get(target, property, target) as unknown;
      if (property !== 'get') return value;
      const get = value as ObjectStore['get'];
      return (key: string, { ifMatch: _, ...options } = {} as { ifMatch?: string }) => get(key, options);
    },
  });
}

it('an object that the store itself has as no JSON is unreadable, whatever is read again', async () => {
  await store.put(KEY, Buffer.from('{"ranges":[{"offset":1}'), { ifNoneMatch: '*' });
  await expect(read(store)).rejects.toThrow(UnreadableObjectError);
});
