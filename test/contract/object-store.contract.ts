import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { combineCrc32, crc32 } from '../../src/store/crc32.js';
import {
  ChecksumMismatchError,
  ConflictError,
  ObjectNotFoundError,
  PreconditionFailedError,
} from '../../src/store/errors.js';
import { compareUtf8, InvalidKeyError } from '../../src/store/key.js';
import type { ObjectInfo, ObjectStore } from '../../src/store/object-store.js';
import { putOnce } from '../../src/store/put-once.js';

export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** The same store as another process would open it. */
  another(): ObjectStore;
  /** Writes as a partner does: without us, over whatever is there. */
  land(key: string, bytes: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

const RACERS = 20;

/** What every store promises. */
export function objectStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}: what every store promises`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under?.stop());

    describe('conditional writes', () => {
      it('creates an object once and keeps the first content', async () => {
        const created = await store.put('create/a.json', bytes('first'), { ifNoneMatch: '*' });
        await expect(store.put('create/a.json', bytes('second'), { ifNoneMatch: '*' })).rejects.toThrow(
          PreconditionFailedError,
        );
        expect(await text(store, 'create/a.json')).toBe('first');
        expect(await store.head('create/a.json')).toMatchObject({ bytes: 5, etag: created.etag });
      });

      it('replaces an object only for who knows its ETag', async () => {
        const first = await store.put('replace/p.json', bytes('1'), { ifNoneMatch: '*' });
        const second = await store.put('replace/p.json', bytes('two'), { ifMatch: first.etag });
        expect(second.etag).not.toBe(first.etag);
        await expect(store.put('replace/p.json', bytes('3'), { ifMatch: first.etag })).rejects.toThrow(
          PreconditionFailedError,
        );
        expect(await text(store, 'replace/p.json')).toBe('two');
        expect(await text(under.another(), 'replace/p.json')).toBe('two');
        expect(await keys(store.list('replace/'))).toEqual(['replace/p.json']);
        expect(await firstOf(store.list('replace/'))).toMatchObject({ bytes: 3, etag: second.etag });
      });

      it('replaces nothing where nothing is', async () => {
        await expect(store.put('replace/none', bytes('1'), { ifMatch: 'abc' })).rejects.toThrow(
          PreconditionFailedError,
        );
        expect(await store.head('replace/none')).toBeUndefined();
      });

      it('lets exactly one of 20 racers create an object, and keeps that one whole', async () => {
        const outcomes = await race((racer) =>
          under.another().put('race/create', Buffer.alloc(50_000, racer), { ifNoneMatch: '*' }),
        );
        const [winner, ...more] = outcomes.winners;
        expect(more).toEqual([]);
        expect(outcomes.losers.every((error) => error instanceof PreconditionFailedError)).toBe(true);
        const found = await store.getBytes('race/create');
        expect(found.equals(Buffer.alloc(50_000, winner!.racer))).toBe(true);
        expect((await store.head('race/create'))?.etag).toBe(winner!.value.etag);
      });

      it('empty objects are objects', async () => {
        await store.put('empty', bytes(''), { ifNoneMatch: '*' });
        expect(await store.head('empty')).toMatchObject({ bytes: 0 });
        expect((await store.getBytes('empty')).length).toBe(0);
      });
    });

    describe('putOnce', () => {
      it('takes a repeat with the same bytes for a success', async () => {
        const first = await putOnce(store, 'once/a', bytes('same'));
        const again = await putOnce(under.another(), 'once/a', bytes('same'));
        expect(again).toMatchObject({ key: 'once/a', bytes: 4, etag: first.etag });
      });

      it.each([
        ['of another size', 'longer than that'],
        ['of the same size', 'emas'],
      ])('refuses other content %s and overwrites nothing', async (_, other) => {
        const key = `once/conflict-${other.length}`;
        await putOnce(store, key, bytes('same'));
        await expect(putOnce(store, key, bytes(other))).rejects.toThrow(ConflictError);
        expect(await text(store, key)).toBe('same');
      });

      it('also compares with what a partner landed', async () => {
        await under.land('once/landed', bytes('same'));
        expect(await putOnce(store, 'once/landed', bytes('same'))).toMatchObject({ bytes: 4 });
        await expect(putOnce(store, 'once/landed', bytes('emas'))).rejects.toThrow(ConflictError);
      });

      it('gives 20 racers with the same bytes 20 successes and one object', async () => {
        const outcomes = await race(() => putOnce(under.another(), 'once/race', bytes('agreed')));
        expect(outcomes.losers).toEqual([]);
        expect(new Set(outcomes.winners.map(({ value }) => value.etag)).size).toBe(1);
      });
    });

    describe('reading', () => {
      const content = noise(3_000_000);
      beforeAll(() => under.land('read/object', content));

      it('streams the whole object with its size and ETag', async () => {
        const { info, stream } = await store.get('read/object');
        expect(info).toMatchObject(pick(await store.head('read/object')));
        expect(info.bytes).toBe(content.length);
        expect((await collect(stream)).equals(content)).toBe(true);
      });

      it.each([
        { offset: 0, length: 1 },
        { offset: 1_048_575, length: 2 },
        { offset: 1_000_000 },
        { offset: 2_999_999 },
        { offset: 2_999_999, length: 100 },
        { offset: 3_000_000 },
        { offset: 5, length: 0 },
      ])('reads the range $offset + $length', async (range) => {
        const end = range.length === undefined ? undefined : range.offset + range.length;
        const { info, stream } = await store.get('read/object', { range });
        expect((await collect(stream)).equals(content.subarray(range.offset, end))).toBe(true);
        expect(info.bytes).toBe(content.length);
      });

      it('refuses a range that begins behind the end', async () => {
        await expect(store.getBytes('read/object', { range: { offset: 3_000_001 } })).rejects.toThrow(
          /outside the object's 3000000 bytes/,
        );
      });

      it('reads the version it was asked for, or nothing', async () => {
        const { etag } = (await store.head('read/object'))!;
        expect(
          (await store.getBytes('read/object', { ifMatch: etag, range: { offset: 0, length: 9 } })).length,
        ).toBe(9);
        await expect(store.getBytes('read/object', { ifMatch: `${etag}0` })).rejects.toThrow(
          PreconditionFailedError,
        );
      });

      it('tells a missing object from a store without an answer', async () => {
        expect(await store.head('read/nothing')).toBeUndefined();
        expect(await store.head('read/object/below')).toBeUndefined();
        await expect(store.get('read/nothing')).rejects.toThrow(ObjectNotFoundError);
        await expect(store.getBytes('read/nothing')).rejects.toThrow('read/nothing: no such object');
      });

      it('changes the ETag when the content changes', async () => {
        await under.land('read/changing', bytes('before'));
        const before = await store.head('read/changing');
        await under.land('read/changing', bytes('behind'));
        const after = await store.head('read/changing');
        expect(after!.etag).not.toBe(before!.etag);
        await expect(store.get('read/changing', { ifMatch: before!.etag })).rejects.toThrow(
          PreconditionFailedError,
        );
      });

      it('never glues two versions: the object is replaced while it is read', async () => {
        const old = Buffer.alloc(40_000_000, 'o');
        await under.land('read/replaced', old);
        const { stream } = await store.get('read/replaced');
        const read: Buffer[] = [];
        const reading = (async () => {
          for await (const chunk of stream) {
            if (read.length === 0) await under.land('read/replaced', Buffer.alloc(40_000_000, 'n'));
            read.push(chunk);
          }
        })();
        // Either the whole old version, or a failure that says why.
        const failure = await reading.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined) expect(Buffer.concat(read).equals(old)).toBe(true);
        else expect(failure).toBeInstanceOf(PreconditionFailedError);
      });
    });

    describe('keys', () => {
      const odd = [
        'odd/with space.tar.gz',
        'odd/with+plus.tar.gz',
        'odd/with%41percent.tar.gz',
        'odd/100%',
        'odd/!\'()*~&<>"@#?=;:,$.gz',
        `odd/${'한글 파일'.normalize('NFC')}.csv`,
        `odd/${'한글 파일'.normalize('NFD')}.csv`,
        'odd/😀/deep.csv',
        'odd/ leading and trailing ',
        'odd/back\\slash',
      ];

      it('keeps spaces, "+", "%", Korean (NFC and NFD apart) and emoji exactly', async () => {
        for (const key of odd) await store.put(key, bytes(key), { ifNoneMatch: '*' });
        expect(await keys(store.list('odd/'))).toEqual([...odd].sort(compareUtf8));
        for (const key of odd) expect(await text(store, key)).toBe(key);
      });

      it('copies from and to such keys', async () => {
        const least = Math.max(store.limits.minCopySourceBytes, 10);
        for (const [index, key] of odd.entries()) {
          const content = noise(least, index);
          const source = await store.put(`${key}.source`, content, { ifNoneMatch: '*' });
          const upload = await store.createUpload(`${key}.copy`);
          const part = await store.copyPart(upload, 1, {
            key: source.key,
            etag: source.etag,
            offset: 1,
            length: least - 1,
          });
          await store.completeUpload(upload, [part], { ifNoneMatch: '*' });
          expect((await store.getBytes(`${key}.copy`)).equals(content.subarray(1))).toBe(true);
        }
      });

      it.each([
        '',
        '/absolute',
        'p1/../p2/x',
        '../outside',
        'a/..',
        './a',
        'a/./b',
        'a//b',
        'a/',
        'nul\0byte',
        'lone\ud800surrogate',
        'x'.repeat(1025),
      ])('refuses the key %j in every call', async (key) => {
        const upload = await store.createUpload('keys/target');
        const calls = [
          () => store.head(key),
          () => store.get(key),
          () => store.getBytes(key),
          () => store.put(key, bytes('x'), { ifNoneMatch: '*' }),
          () => store.delete(key),
          () => store.createUpload(key),
          () => store.copyPart(upload, 1, { key, etag: 'e', offset: 0, length: 1 }),
        ];
        for (const call of calls) await expect((async () => call())()).rejects.toThrow(InvalidKeyError);
        await store.abortUpload(upload);
      });

      it.each(['/', '../', 'a/../b', 'a//'])('refuses to list the prefix %j', async (prefix) => {
        await expect(keys(store.list(prefix))).rejects.toThrow(InvalidKeyError);
      });
    });

    describe('listing', () => {
      const names = [
        ...Array.from({ length: 1_040 }, (_, index) => `many/f${index}.gz`),
        'many/a/b',
        'many/a-b',
        'many/a0',
        'many/a/b-c',
        'many/a.b',
        'many/dir-x/1',
        'many/dir/1',
        'many/dir0/1',
        'many/\uffee',
        'many/😀',
      ];
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      beforeAll(async () => {
        for (let i = 0; i < names.length; i += 50) {
          await Promise.all(names.slice(i, i + 50).map((key) => under.land(key, bytes(key))));
        }
      });

      it('lists more than 1,000 objects, each once, in UTF-8 byte order', async () => {
        expect(await keys(store.list('many/'))).toEqual(sorted);
      });

      it('lists what begins with the prefix, also inside a name', async () => {
        for (const prefix of [
          'many/f10',
          'many/a',
          'many/a/',
          'many/dir',
          'many/dir/',
          'man',
          'many/\uffee',
          'many/none',
        ]) {
          expect(await keys(store.list(prefix))).toEqual(sorted.filter((key) => key.startsWith(prefix)));
        }
      });

      it('goes on strictly after a key, whether or not that key exists', async () => {
        for (const startAfter of [
          'many/a-b',
          'many/a/',
          'many/a/b',
          'many/dir-x/1',
          'many/f999.gz',
          'many/zz',
          'a',
          'many/dir/zzz',
        ]) {
          const expected = sorted.filter((key) => compareUtf8(key, startAfter) > 0);
          expect(await keys(store.list('many/', { startAfter })), startAfter).toEqual(expected);
        }
      });

      it('tells the same of an object as head does', async () => {
        const listed = await firstOf(store.list('many/a-b'));
        expect(pick(await store.head('many/a-b'))).toEqual(pick(listed));
      });
    });

    describe('deleting', () => {
      it('removes an object, and does not mind that there is none', async () => {
        await store.put('delete/x', bytes('1'), { ifNoneMatch: '*' });
        await store.delete('delete/x');
        await store.delete('delete/x');
        expect(await store.head('delete/x')).toBeUndefined();
        await store.put('delete/x', bytes('2'), { ifNoneMatch: '*' });
        expect(await text(store, 'delete/x')).toBe('2');
      });

      it('removes a replaced object with all it was', async () => {
        const one = await store.put('delete/y', bytes('1'), { ifNoneMatch: '*' });
        await store.put('delete/y', bytes('2'), { ifMatch: one.etag });
        await store.delete('delete/y');
        expect(await store.head('delete/y')).toBeUndefined();
        expect(await keys(store.list('delete/y'))).toEqual([]);
        await store.put('delete/y', bytes('3'), { ifNoneMatch: '*' });
        expect(await text(store, 'delete/y')).toBe('3');
      });
    });

    describe('multipart', () => {
      // Large enough for every store's rules, so that both run the same.
      const MiB = 1024 * 1024;
      const source = noise(13 * MiB, 7);
      const head = noise(5 * MiB, 8);
      const ranges = [
        { offset: 1, length: 6 * MiB },
        { offset: 7 * MiB + 13, length: 5 * MiB },
        { offset: 100, length: 1000 },
      ];
      const whole = Buffer.concat([
        head,
        ...ranges.map(({ offset, length }) => source.subarray(offset, offset + length)),
      ]);
      const total = crc32(whole);
      let from: ObjectInfo;
      beforeAll(async () => {
        from = await store.put('parts/source', source, { ifNoneMatch: '*' });
      });

      const start = async (key: string) => {
        const upload = await store.createUpload(key, { crc32: true });
        const parts = await Promise.all([
          store.uploadPart(upload, 1, head),
          ...ranges.map((range, index) =>
            store.copyPart(upload, index + 2, { key: from.key, etag: from.etag, ...range }),
          ),
        ]);
        // A store that does not tell a copied range's CRC32 leaves it to who planned the range.
        const known = parts.map((part, index) => {
          const range = ranges[index - 1];
          const body = range ? source.subarray(range.offset, range.offset + range.length) : head;
          if (part.crc32 !== undefined) expect(part.crc32).toBe(crc32(body));
          return { ...part, crc32: crc32(body) };
        });
        return { upload, parts: known };
      };

      it('makes one object of sent and copied parts, invisible until complete', async () => {
        const { upload, parts } = await start('parts/whole');
        expect(parts.map(({ part, bytes: size }) => [part, size])).toEqual([
          [1, head.length],
          ...ranges.map(({ length }, index) => [index + 2, length]),
        ]);
        expect(await store.head('parts/whole')).toBeUndefined();
        expect(await keys(store.list('parts/'))).toEqual(['parts/source']);

        const combined = parts.reduce((crc, part) => combineCrc32(crc, part.crc32, part.bytes), 0);
        expect(combined).toBe(total);
        const info = await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: combined });
        expect(info).toMatchObject({ key: 'parts/whole', bytes: whole.length, crc32: total });
        expect(await store.head('parts/whole')).toMatchObject(pick(info));
        expect((await store.getBytes('parts/whole')).equals(whole)).toBe(true);
        expect(await collectAll(store.listUploads('parts/whole'))).toEqual([]);
      });

      it('takes a repeated completion for a success', async () => {
        const { upload, parts } = await start('parts/repeat');
        const first = await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: total });
        const again = await under.another().completeUpload(upload, parts, { ifNoneMatch: '*', crc32: total });
        expect(pick(again)).toEqual(pick(first));
      });

      it('lets two workers complete the same upload at once', async () => {
        const { upload, parts } = await start('parts/twice');
        const done = await Promise.all([
          store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: total }),
          under.another().completeUpload(upload, parts, { ifNoneMatch: '*', crc32: total }),
        ]);
        expect(pick(done[0])).toEqual(pick(done[1]));
        expect((await store.getBytes('parts/twice')).equals(whole)).toBe(true);
        expect(await store.head('parts/twice')).toMatchObject(pick(done[0]));
      });

      it('refuses bytes whose CRC32 is not the expected one, and shows nothing', async () => {
        const { upload, parts } = await start('parts/wrong-crc');
        await expect(
          store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: (total ^ 1) >>> 0 }),
        ).rejects.toThrow(ChecksumMismatchError);
        expect(await store.head('parts/wrong-crc')).toBeUndefined();
        await store.abortUpload(upload);
      });

      it('checks the CRC32 also of an upload that did not ask the store for one', async () => {
        for (const expected of [total, (total ^ 1) >>> 0]) {
          const key = `parts/read-back-${expected === total}`;
          const upload = await store.createUpload(key);
          const parts = [await store.uploadPart(upload, 1, whole)];
          const completing = store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: expected });
          if (expected === total) expect(await completing).toMatchObject({ crc32: total });
          else await expect(completing).rejects.toThrow(ChecksumMismatchError);
          expect((await store.head(key)) !== undefined).toBe(expected === total);
        }
      });

      it('does not overwrite another object', async () => {
        const { upload, parts } = await start('parts/taken');
        await store.put('parts/taken', bytes('mine'), { ifNoneMatch: '*' });
        await expect(store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: total })).rejects.toThrow(
          PreconditionFailedError,
        );
        expect(await text(store, 'parts/taken')).toBe('mine');
        await store.abortUpload(upload);
      });

      it('copies only from the version it was told', async () => {
        await under.land('parts/landed', source);
        const { etag } = (await store.head('parts/landed'))!;
        await under.land('parts/landed', noise(13 * MiB, 9));
        const upload = await store.createUpload('parts/pinned');
        const range = { offset: 0, length: 6 * MiB };
        await expect(store.copyPart(upload, 1, { key: 'parts/landed', etag, ...range })).rejects.toThrow(
          PreconditionFailedError,
        );
        await expect(store.copyPart(upload, 1, { key: 'parts/none', etag, ...range })).rejects.toThrow(
          ObjectNotFoundError,
        );
        await store.abortUpload(upload);
      });

      it('refuses a range that the source does not have', async () => {
        const upload = await store.createUpload('parts/too-far');
        const range = { offset: 12 * MiB, length: 2 * MiB };
        await expect(store.copyPart(upload, 1, { key: from.key, etag: from.etag, ...range })).rejects.toThrow(
          /source|object has/,
        );
        await store.abortUpload(upload);
      });

      it('another worker finds the upload and its parts, and completes it', async () => {
        const { parts } = await start('parts/resumed');
        const other = under.another();
        const [found, ...more] = await collectAll(other.listUploads('parts/resumed'));
        expect(more).toEqual([]);
        expect(found).toMatchObject({ key: 'parts/resumed', crc32: true });
        expect(Math.abs(Date.now() - found!.startedAt.getTime())).toBeLessThan(3600_000);
        const listed = await other.listParts(found!);
        expect(listed.map(({ part, bytes: size, etag }) => ({ part, bytes: size, etag }))).toEqual(
          parts.map(({ part, bytes: size, etag }) => ({ part, bytes: size, etag })),
        );
        const info = await other.completeUpload(found!, parts, { ifNoneMatch: '*', crc32: total });
        expect(info.bytes).toBe(whole.length);
      });

      it('a part sent again replaces the first', async () => {
        const upload = await store.createUpload('parts/again', { crc32: true });
        await store.uploadPart(upload, 1, noise(5 * MiB, 1));
        const part = await store.uploadPart(upload, 1, bytes('second'));
        expect(await store.listParts(upload)).toHaveLength(1);
        await store.completeUpload(upload, [part], { ifNoneMatch: '*', crc32: crc32(bytes('second')) });
        expect(await text(store, 'parts/again')).toBe('second');
      });

      it('refuses parts out of order or unknown', async () => {
        const { upload, parts } = await start('parts/order');
        await expect(
          store.completeUpload(upload, [...parts].reverse(), { ifNoneMatch: '*' }),
        ).rejects.toThrow(/listed after/);
        await expect(store.completeUpload(upload, [], { ifNoneMatch: '*' })).rejects.toThrow(
          /at least one part/,
        );
        const invented = { ...parts[0]!, etag: 'invented' };
        await expect(
          store.completeUpload(upload, [invented, ...parts.slice(1)], { ifNoneMatch: '*' }),
        ).rejects.toThrow();
        expect(await store.head('parts/order')).toBeUndefined();
        await store.abortUpload(upload);
      });

      it('lists abandoned uploads and forgets them when aborted, twice if need be', async () => {
        const one = await store.createUpload('abandoned/a b+c%/1');
        const two = await store.createUpload('abandoned/2');
        const found = await collectAll(store.listUploads('abandoned/'));
        expect(found.map(({ key }) => key)).toEqual(['abandoned/2', 'abandoned/a b+c%/1']);
        expect(found.map(({ uploadId }) => uploadId)).toEqual([two.uploadId, one.uploadId]);
        for (const upload of [one, two, one]) await store.abortUpload(upload);
        expect(await collectAll(store.listUploads('abandoned/'))).toEqual([]);
        expect(await keys(store.list('abandoned/'))).toEqual([]);
        await expect(store.uploadPart(one, 1, bytes('x'))).rejects.toThrow(/start a new upload/);
        await expect(store.listParts(one)).rejects.toThrow(/start a new upload/);
      });
    });

    describe('an abort', () => {
      it('passes through every call as it was given', async () => {
        const reason = new Error('the run was cancelled');
        const signal = AbortSignal.abort(reason);
        const upload = await store.createUpload('abort/upload');
        const calls = [
          () => store.head('abort/x', { signal }),
          () => store.get('abort/x', { signal }),
          () => store.getBytes('abort/x', { signal }),
          () => store.put('abort/x', bytes('x'), { ifNoneMatch: '*' }, { signal }),
          () => store.delete('abort/x', { signal }),
          () => keys(store.list('many/', { signal })),
          () => store.createUpload('abort/x', { signal }),
          () => store.uploadPart(upload, 1, bytes('x'), { signal }),
          () =>
            store.copyPart(upload, 1, { key: 'parts/source', etag: 'x', offset: 0, length: 1 }, { signal }),
          () => store.listParts(upload, { signal }),
          () => store.completeUpload(upload, [{ part: 1, bytes: 1, etag: 'x' }], { signal }),
          () => store.abortUpload(upload, { signal }),
          () => collectAll(store.listUploads('abort/', { signal })),
          () => putOnce(store, 'abort/x', bytes('x'), { signal }),
        ];
        for (const call of calls) {
          const failure = await (async () => call())().catch((error: unknown) => error);
          expect(failure, call.toString()).toBe(reason);
        }
        await store.abortUpload(upload);
      });

      it('ends a stream in the middle with its reason', async () => {
        await under.land('abort/long', Buffer.alloc(20_000_000));
        const abort = new AbortController();
        const { stream } = await store.get('abort/long', { signal: abort.signal });
        const reading = (async () => {
          for await (const _ of stream) abort.abort();
        })();
        const failure = await reading.catch((error: unknown) => error);
        expect(failure).toBe(abort.signal.reason);
        expect((failure as Error).name).toBe('AbortError');
      });

      it('is heard while a completion is under way, and shows nothing half-made', async () => {
        const abort = new AbortController();
        const upload = await store.createUpload('abort/complete');
        const part = await store.uploadPart(upload, 1, noise(12 * 1024 * 1024));
        const completing = store.completeUpload(upload, [part], { ifNoneMatch: '*', signal: abort.signal });
        setImmediate(() => abort.abort());
        if (!abort.signal.aborted) await once(abort.signal, 'abort');
        const failure = await completing.catch((error: unknown) => error);
        expect(failure).toBe(abort.signal.reason);
        const found = await store.head('abort/complete');
        if (found !== undefined) expect(found.bytes).toBe(part.bytes);
      });
    });
  });
}

export function bytes(value: string): Buffer {
  return Buffer.from(value);
}

/** The same noise for the same seed, cheap at any length. */
export function noise(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}

export async function text(store: ObjectStore, key: string): Promise<string> {
  return (await store.getBytes(key)).toString();
}

export async function keys(listing: AsyncIterable<ObjectInfo>): Promise<string[]> {
  return (await collectAll(listing)).map(({ key }) => key);
}

export async function collectAll<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await collectAll(stream));
}

export interface Outcomes<T> {
  readonly winners: { racer: number; value: T }[];
  readonly losers: unknown[];
}

/** Twenty at once. */
export async function race<T>(run: (racer: number) => Promise<T>): Promise<Outcomes<T>> {
  const winners: Outcomes<T>['winners'] = [];
  const losers: unknown[] = [];
  await Promise.all(
    Array.from({ length: RACERS }, async (_, racer) => {
      try {
        winners.push({ racer, value: await run(racer) });
      } catch (error) {
        losers.push(error);
      }
    }),
  );
  return { winners, losers };
}

async function firstOf<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  for await (const value of values) return value;
  return undefined;
}

function pick(info: ObjectInfo | undefined): Record<string, unknown> {
  return { key: info?.key, bytes: info?.bytes, etag: info?.etag };
}
