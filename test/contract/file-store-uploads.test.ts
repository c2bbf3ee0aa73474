import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32 } from '../../src/store/crc32.js';
import { ChecksumMismatchError, PreconditionFailedError, UploadGoneError } from '../../src/store/errors.js';
import { FileStore } from '../../src/store/file/file-store.js';
import type { Upload, UploadedPart } from '../../src/store/object-store.js';
import { bytes, collectAll, noise, text } from './object-store.contract.js';

describe('uploads of a FileStore', () => {
  let root: string;
  let store: FileStore;
  let another: FileStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'partnerday-uploads-'));
    store = new FileStore({ root });
    another = new FileStore({ root });
  });
  afterEach(async () => {
    await Promise.all([store.close(), another.close()]);
    await rm(root, { recursive: true, force: true });
  });

  const files = async (upload: Upload): Promise<string[]> => {
    const names = await readdir(join(root, '.store/uploads', upload.uploadId));
    return names.filter((name) => /^(body|part)-/.test(name));
  };
  const bodyOf = async (upload: Upload): Promise<string> => {
    const name = (await files(upload)).find((file) => file.startsWith('body-'));
    return join(root, '.store/uploads', upload.uploadId, name!);
  };
  const send = async (to: FileStore, upload: Upload, from: number, ...contents: string[]) => {
    const parts: UploadedPart[] = [];
    for (const content of contents)
      parts.push(await to.uploadPart(upload, from + parts.length, bytes(content)));
    return parts;
  };
  const leftovers = async () => [
    ...(await readdir(join(root, '.store/uploads'))),
    ...(await readdir(join(root, '.store/tmp'))),
  ];

  it('writes parts sent in order once: the file they were written to becomes the object', async () => {
    const upload = await store.createUpload('t');
    const parts = await send(store, upload, 1, 'one,', 'two,', 'three');
    expect(await files(upload)).toHaveLength(1);
    const { ino } = await stat(await bodyOf(upload));
    const whole = crc32(bytes('one,two,three'));
    const info = await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: whole });
    expect(info).toMatchObject({ bytes: 13, crc32: whole });
    expect(await another.head('t')).toEqual(info);
    expect(await stat(join(root, 't'))).toMatchObject({ ino, nlink: 1 });
    expect(await text(another, 't')).toBe('one,two,three');
    expect(await leftovers()).toEqual([]);
  });

  it('gives parts sent at once their places in the order of the calls', async () => {
    const contents = Array.from({ length: 20 }, (_, index) => noise(100_000 + index * 7, index));
    const upload = await store.createUpload('t');
    const sending = contents.map((content, index) => store.uploadPart(upload, index + 1, content));
    const parts = await Promise.all(sending);
    expect(await files(upload)).toHaveLength(1);
    const whole = Buffer.concat(contents);
    await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(whole) });
    expect((await store.getBytes('t')).equals(whole)).toBe(true);
  });

  it('replaces a part that is sent again, first, last or between', async () => {
    for (const again of [1, 2, 3]) {
      const upload = await store.createUpload(`t${again}`);
      const parts = await send(store, upload, 1, 'one,', 'two,', 'three');
      const [replaced] = await send(store, upload, again, '[longer than it was]');
      parts[again - 1] = replaced!;
      const expected = ['one,', 'two,', 'three'].with(again - 1, '[longer than it was]').join('');
      const listed = await store.listParts(upload);
      expect(listed).toEqual(parts);
      await store.completeUpload(upload, listed, { ifNoneMatch: '*', crc32: crc32(bytes(expected)) });
      expect(await text(another, `t${again}`)).toBe(expected);
    }
  });

  it('takes parts in any order, and an object of some of them', async () => {
    const upload = await store.createUpload('t');
    const [third] = await send(store, upload, 3, 'three');
    const [first] = await send(store, upload, 1, 'one,');
    const [second] = await send(store, upload, 2, 'two,');
    await send(store, upload, 3, 'three');
    await send(store, upload, 4, 'of no concern');
    await store.completeUpload(upload, [first!, second!, third!], { ifNoneMatch: '*' });
    expect(await text(store, 't')).toBe('one,two,three');

    const fewer = await store.createUpload('u');
    const parts = await send(store, fewer, 1, 'one,', 'two,', 'three');
    await store.completeUpload(fewer, [parts[0]!, parts[2]!], { ifNoneMatch: '*' });
    expect(await text(store, 'u')).toBe('one,three');
  });

  it('copies ranges between sent parts into their places', async () => {
    const source = await store.put('s', bytes('0123456789'), { ifNoneMatch: '*' });
    const upload = await store.createUpload('t');
    const range = { key: 's', etag: source.etag, offset: 3, length: 4 };
    const parts = [
      ...(await send(store, upload, 1, 'a')),
      await store.copyPart(upload, 2, range),
      ...(await send(store, upload, 3, 'b', 'c')),
    ];
    const { ino } = await stat(await bodyOf(upload));
    await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(bytes('a3456bc')) });
    expect(await text(store, 't')).toBe('a3456bc');
    expect((await stat(join(root, 't'))).ino).toBe(ino);
  });

  it('puts parts of any length, sent and copied at once, next to each other without a gap or an overlap', async () => {
    const MiB = 1024 * 1024;
    const lengths = [
      1,
      4095,
      4096,
      4097,
      MiB - 1,
      MiB,
      MiB + 1,
      3 * MiB + 5,
      2 * MiB,
      8192,
      5 * MiB + 4096,
      77,
    ];
    const content = noise(10 * MiB, 7);
    const upload = await store.createUpload('s');
    await store.completeUpload(upload, [await store.uploadPart(upload, 1, content)], { ifNoneMatch: '*' });
    const { etag } = (await store.head('s'))!;
    const composed = await store.createUpload('t');
    const expected: Buffer[] = [];
    const making = lengths.map((length, index) => {
      const offset = index * 4099 + (index % 3);
      const range = content.subarray(offset, offset + length);
      expected.push(range);
      const middle = Math.floor(length / 3);
      return index % 2 === 0
        ? store.copyPart(composed, index + 1, { key: 's', etag, offset, length })
        : store.uploadPart(composed, index + 1, [range.subarray(0, middle), range.subarray(middle)]);
    });
    const parts = await Promise.all(making);
    expect(await files(composed)).toHaveLength(1);
    const whole = Buffer.concat(expected);
    await store.completeUpload(composed, parts, { ifNoneMatch: '*', crc32: crc32(whole) });
    expect((await another.getBytes('t')).equals(whole)).toBe(true);
    for (const [offset, length] of [
      [0, whole.length],
      [4095, 3 * MiB],
      [MiB + 1, 2 * MiB + 3],
      [whole.length - MiB - 1, MiB + 1],
    ] as const) {
      const read = await another.getBytes('t', { range: { offset, length } });
      expect(read.equals(whole.subarray(offset, offset + length))).toBe(true);
    }
  });

  it('gives a reader chunks of its own, unless it does not mind', async () => {
    const content = noise(9 * 1024 * 1024 + 5);
    const upload = await store.createUpload('t');
    await store.completeUpload(upload, [await store.uploadPart(upload, 1, content)], { ifNoneMatch: '*' });
    const kept: Buffer[] = [];
    for await (const chunk of (await another.get('t')).stream) kept.push(chunk);
    expect(Buffer.concat(kept).equals(content)).toBe(true);
    const copied: Buffer[] = [];
    for await (const chunk of (await another.get('t', { reuse: true })).stream)
      copied.push(Buffer.from(chunk));
    expect(Buffer.concat(copied).equals(content)).toBe(true);
  });

  it('makes no part of bytes that were written when the process was killed before it told of them', async () => {
    const upload = await store.createUpload('t');
    await send(store, upload, 1, 'one,', 'two,');
    await appendFile(await bodyOf(upload), 'thr');
    expect((await another.listParts(upload)).map(({ part }) => part)).toEqual([1, 2]);
    await send(another, upload, 3, 'three');
    const parts = await another.listParts(upload);
    await another.completeUpload(upload, parts, {
      ifNoneMatch: '*',
      crc32: crc32(bytes('one,two,three')),
    });
    expect(await text(store, 't')).toBe('one,two,three');
    expect(await leftovers()).toEqual([]);
  });

  it('lists, at any moment a process is killed, parts that are whole', async () => {
    const script = `
      const { FileStore } = await import(${JSON.stringify(pathToFileURL('dist/store/file/file-store.js').href)});
      const store = new FileStore({ root: ${JSON.stringify(root)} });
      const upload = await store.createUpload('killed');
      process.stdout.write('started');
      for (let part = 1; ; part += 3) {
        await Promise.all([0, 1, 2].map((ahead) =>
          store.uploadPart(upload, part + ahead, Buffer.alloc(1_000_000 + part + ahead, 97 + ((part + ahead) % 26)))));
      }`;
    for (let round = 0; round < 4; round++) {
      const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      await Promise.race([once(child.stdout!, 'data'), exited]);
      await sleep(60 + round * 41);
      child.kill('SIGKILL');
      expect((await exited)[1]).toBe('SIGKILL');
      const [upload] = await collectAll(store.listUploads('killed'));
      const parts = await store.listParts(upload!);
      const wanted = parts.map(({ part }) => Buffer.alloc(1_000_000 + part, 97 + (part % 26)));
      if (parts.length === 0) await store.abortUpload(upload!);
      else {
        await store.completeUpload(upload!, parts, { ifNoneMatch: '*' });
        expect((await store.getBytes('killed')).equals(Buffer.concat(wanted))).toBe(true);
        await store.delete('killed');
      }
    }
  });

  describe('that two workers write to', () => {
    it('hold what the later one sent, and each writes to files of its own', async () => {
      const upload = await store.createUpload('t');
      await send(store, upload, 1, 'one,', 'two,');
      const parts = await send(another, upload, 1, 'ONE,', 'TWO,', 'THREE');
      await send(store, upload, 3, 'THREE');
      const directory = join(root, '.store/uploads', upload.uploadId);
      const names = await files(upload);
      const written = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
      expect(written.sort()).toEqual(['ONE,TWO,THREE', 'one,two,THREE']);
      await another.completeUpload(upload, parts, {
        ifNoneMatch: '*',
        crc32: crc32(bytes('ONE,TWO,THREE')),
      });
      expect(await text(store, 't')).toBe('ONE,TWO,THREE');
    });

    it('cannot change what the other has published, in whichever body it lay', async () => {
      const upload = await store.createUpload('t');
      const parts = await send(store, upload, 1, 'one,', 'two');
      // The successor completes what its predecessor sent and still adds to.
      const info = await another.completeUpload(upload, parts, { ifNoneMatch: '*' });
      await expect(send(store, upload, 3, ',three')).rejects.toThrow(UploadGoneError);
      expect(await text(another, 't')).toBe('one,two');
      expect(await store.head('t')).toEqual(info);
    });

    it('within one process get places of their own', async () => {
      const upload = await store.createUpload('t');
      const contents = Array.from({ length: 12 }, (_, index) => noise(50_000 + index, index));
      const worker = async (): Promise<UploadedPart[]> => {
        const parts: UploadedPart[] = [];
        for (const [index, content] of contents.entries()) {
          parts.push(await store.uploadPart(upload, index + 1, content));
        }
        return parts;
      };
      const [parts] = await Promise.all([worker(), worker(), worker()]);
      const whole = Buffer.concat(contents);
      await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(whole) });
      expect((await store.getBytes('t')).equals(whole)).toBe(true);
    });

    it('are not published while a part is on its way, and change nothing afterwards', async () => {
      const upload = await store.createUpload('t');
      const parts = await send(store, upload, 1, 'one,', 'two');
      const late = store.uploadPart(upload, 3, noise(3_000_000)).catch((error: unknown) => error);
      const info = await store.completeUpload(upload, parts, { ifNoneMatch: '*' });
      await late;
      expect(await store.head('t')).toEqual(info);
      expect(await text(store, 't')).toBe('one,two');
    });
  });

  describe('that fail to complete', () => {
    it('for a wrong CRC32 are completed with the right one, and added to in between', async () => {
      const upload = await store.createUpload('t');
      const parts = await send(store, upload, 1, 'one,', 'two');
      const wrong = store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: 1 });
      await expect(wrong).rejects.toThrow(ChecksumMismatchError);
      expect(await store.head('t')).toBeUndefined();
      parts.push(...(await send(store, upload, 3, ',three')));
      await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(bytes('one,two,three')) });
      expect(await text(store, 't')).toBe('one,two,three');
      expect(await leftovers()).toEqual([]);
    });

    it('because another object is there leave it, and complete once it is gone', async () => {
      const upload = await store.createUpload('t');
      const parts = await send(store, upload, 1, 'one,', 'two');
      const racing = await store.createUpload('t');
      const winner = await send(store, racing, 1, 'the winner');
      await store.completeUpload(racing, winner, { ifNoneMatch: '*' });
      await expect(store.completeUpload(upload, parts, { ifNoneMatch: '*' })).rejects.toThrow(
        PreconditionFailedError,
      );
      expect(await text(store, 't')).toBe('the winner');
      await store.delete('t');
      await store.completeUpload(upload, parts, { ifNoneMatch: '*' });
      expect(await text(store, 't')).toBe('one,two');
    });

    it('because the body was cut short show nothing', async () => {
      const upload = await store.createUpload('t');
      const parts = await send(store, upload, 1, 'one,', 'two');
      await truncate(await bodyOf(upload), 5);
      for (let attempt = 1; attempt <= 2; attempt++) {
        await expect(store.completeUpload(upload, parts, { ifNoneMatch: '*' })).rejects.toThrow(/part/);
      }
      expect(await store.head('t')).toBeUndefined();
    });
  });

  it('replaces what is there where no condition is given', async () => {
    for (const content of ['first', 'second']) {
      const upload = await store.createUpload('t');
      await store.completeUpload(upload, await send(store, upload, 1, content, '.'));
      expect(await text(another, 't')).toBe(`${content}.`);
    }
    expect(await leftovers()).toEqual([]);
  });
});
