import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32 } from '../../src/store/crc32.js';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  StoreUnreachableError,
  StoreWriteError,
} from '../../src/store/errors.js';
import { FileStore } from '../../src/store/file/file-store.js';
import { InvalidKeyError } from '../../src/store/key.js';
import { bytes, collectAll, keys, noise, race, text } from './object-store.contract.js';

describe('FileStore on a disk', () => {
  let parent: string;
  let root: string;
  let store: FileStore;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'partnerday-disk-'));
    root = join(parent, 'root');
    await mkdir(root);
    store = new FileStore({ root });
  });
  afterEach(async () => {
    await store.close();
    await rm(parent, { recursive: true, force: true });
  });

  const path = (key: string): string => join(root, key);
  const write = async (key: string, content: string | Buffer): Promise<void> => {
    await mkdir(join(path(key), '..'), { recursive: true });
    await writeFile(path(key), content);
  };

  describe('objects are plain files', () => {
    it('at their key’s path, for people and other tools', async () => {
      await store.put('acme/2026-11-21/v1/orders.csv', bytes('a,b\n'), { ifNoneMatch: '*' });
      expect(await readFile(path('acme/2026-11-21/v1/orders.csv'), 'utf8')).toBe('a,b\n');
      expect(await readdir(path('acme/2026-11-21/v1'))).toEqual(['orders.csv']);
    });

    it('shows a replaced pointer under its plain name', async () => {
      let pointer = await store.put('acme/published.json', bytes('v1'), { ifNoneMatch: '*' });
      for (const version of ['v2', 'v3', 'v4']) {
        pointer = await store.put('acme/published.json', bytes(version), { ifMatch: pointer.etag });
        expect(await readFile(path('acme/published.json'), 'utf8')).toBe(version);
      }
    });

    it('gives ours the ETag CRC32-size, and landed ones inode-size-mtime', async () => {
      const content = noise(1000);
      const ours = await store.put('ours', content, { ifNoneMatch: '*' });
      expect(ours.etag).toBe(`${crc32(content).toString(16).padStart(8, '0')}-1000`);
      expect(ours.crc32).toBe(crc32(content));
      expect(await store.head('ours')).toMatchObject({ etag: ours.etag, crc32: ours.crc32 });
      await write('landed', content);
      const landed = await store.head('landed');
      expect(landed?.etag).toMatch(/^\d+-1000-\d{19}$/);
      expect(landed?.crc32).toBeUndefined();
    });

    it('no longer vouches for an object whose bytes were changed by hand', async () => {
      const before = await store.put('v1/t.csv', bytes('id\n1\n'), { ifNoneMatch: '*' });
      await writeFile(path('v1/t.csv'), 'id\n2\n');
      const after = await store.head('v1/t.csv');
      expect(after?.etag).not.toBe(before.etag);
      expect(after?.crc32).toBeUndefined();
    });

    it('keeps its ETags in a copy that keeps times', async () => {
      const first = await store.put('a/b', bytes('content'), { ifNoneMatch: '*' });
      await cp(root, join(parent, 'copy'), {
        recursive: true,
        preserveTimestamps: true,
        verbatimSymlinks: true,
      });
      // fs.cp keeps milliseconds only; `cp -a` keeps all.
      await rm(join(parent, 'copy'), { recursive: true });
      await run('cp', ['-a', root, join(parent, 'copy')]);
      const copy = new FileStore({ root: join(parent, 'copy') });
      expect((await copy.head('a/b'))?.etag).toBe(first.etag);
    });

    it('removes directories that deletion leaves empty, and makes them again', async () => {
      await store.put('a/b/c/d', bytes('1'), { ifNoneMatch: '*' });
      await store.delete('a/b/c/d');
      expect(existsSync(path('a'))).toBe(false);
      await store.put('a/b/c/d', bytes('2'), { ifNoneMatch: '*' });
      expect(await text(store, 'a/b/c/d')).toBe('2');
    });

    it('loses no write to a deletion that removes its directory at the same time', async () => {
      for (let round = 0; round < 30; round++) {
        await store.put('shared/dir/old', bytes('x'), { ifNoneMatch: '*' });
        const [, info] = await Promise.all([
          store.delete('shared/dir/old'),
          new FileStore({ root }).put(`shared/dir/new${round}`, bytes('y'), { ifNoneMatch: '*' }),
        ]);
        expect(await store.head(info.key)).toMatchObject({ etag: info.etag });
        await store.delete(info.key);
      }
    });

    it('works with every write synced to the disk', async () => {
      const synced = new FileStore({ root, fsync: true });
      const first = await synced.put('deep/er/p.json', bytes('1'), { ifNoneMatch: '*' });
      await synced.put('deep/er/p.json', bytes('2'), { ifMatch: first.etag });
      const upload = await synced.createUpload('deep/er/t.csv');
      const part = await synced.uploadPart(upload, 1, bytes('abc'));
      await synced.completeUpload(upload, [part], { ifNoneMatch: '*' });
      expect(await keys(store.list(''))).toEqual(['deep/er/p.json', 'deep/er/t.csv']);
    });
  });

  describe('the pointer', () => {
    it('has exactly one winner of 20 racers in each of 10 generations', async () => {
      let { etag } = await store.put('p.json', bytes('generation 1'), { ifNoneMatch: '*' });
      for (let generation = 2; generation <= 11; generation++) {
        const { winners, losers } = await race((racer) =>
          new FileStore({ root }).put('p.json', bytes(`generation ${generation} by ${racer}`), {
            ifMatch: etag,
          }),
        );
        expect(winners).toHaveLength(1);
        expect(losers.every((error) => error instanceof PreconditionFailedError)).toBe(true);
        expect(await text(store, 'p.json')).toBe(`generation ${generation} by ${winners[0]!.racer}`);
        expect(await readFile(path('p.json'), 'utf8')).toBe(await text(store, 'p.json'));
        etag = winners[0]!.value.etag;
      }
    });

    it('loses no increment when four processes count up in it', async () => {
      await store.put('counter', bytes('0'), { ifNoneMatch: '*' });
      const script = `
        const { FileStore } = await import(${JSON.stringify(pathToFileURL('dist/store/file/file-store.js').href)});
        const { PreconditionFailedError } = await import(${JSON.stringify(pathToFileURL('dist/store/errors.js').href)});
        const store = new FileStore({ root: ${JSON.stringify(root)} });
        for (let won = 0; won < 25; ) {
          const { info, stream } = await store.get('counter');
          let value = '';
          for await (const chunk of stream) value += chunk;
          try {
            await store.put('counter', Buffer.from(String(Number(value) + 1)), { ifMatch: info.etag });
            won++;
          } catch (error) {
            if (!(error instanceof PreconditionFailedError)) throw error;
          }
        }`;
      await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, ['--input-type=module', '-e', script])));
      expect(await text(store, 'counter')).toBe('100');
      expect(await readFile(path('counter'), 'utf8')).toBe('100');
    });

    it('is the new one when the winner died before it could refresh the plain name', async () => {
      const first = await store.put('p.json', bytes('first'), { ifNoneMatch: '*' });
      const second = await store.put('p.json', bytes('second'), { ifMatch: first.etag });
      // What a crash right after taking generation 3 leaves: the name taken, the plain one behind.
      await writeFile(join(parent, 'staged'), 'third');
      await link(join(parent, 'staged'), path('.p.json.generations/00000003'));

      const other = new FileStore({ root });
      expect(await text(other, 'p.json')).toBe('third');
      const [listed] = await collectAll(other.list('p'));
      const head = await other.head('p.json');
      expect(listed).toEqual(head);
      await expect(other.put('p.json', bytes('late'), { ifMatch: second.etag })).rejects.toThrow(
        PreconditionFailedError,
      );
      await expect(other.put('p.json', bytes('late'), { ifNoneMatch: '*' })).rejects.toThrow(
        PreconditionFailedError,
      );
      await other.put('p.json', bytes('fourth'), { ifMatch: head!.etag });
      expect(await readFile(path('p.json'), 'utf8')).toBe('fourth');
    });
  });

  it('an unconditional completion replaces a plain object at once, and never a pointer', async () => {
    const complete = async (key: string, content: string) => {
      const upload = await store.createUpload(key);
      await store.completeUpload(upload, [await store.uploadPart(upload, 1, bytes(content))]);
    };
    await complete('t.csv', 'one');
    await complete('t.csv', 'two');
    expect(await text(store, 't.csv')).toBe('two');
    const pointer = await store.put('p.json', bytes('1'), { ifNoneMatch: '*' });
    await store.put('p.json', bytes('2'), { ifMatch: pointer.etag });
    await expect(complete('p.json', '3')).rejects.toThrow(/replace it with put/);
    expect(await text(store, 'p.json')).toBe('2');
  });

  describe('processes that are killed', () => {
    it('leave whole objects and nothing else to see', async () => {
      const script = `
        const { FileStore } = await import(${JSON.stringify(pathToFileURL('dist/store/file/file-store.js').href)});
        const store = new FileStore({ root: ${JSON.stringify(root)} });
        const lane = async (name) => {
          for (let i = 0; ; i++) {
            const size = 1 + ((i * 7919) % 3_000_000);
            if (i % 2 === 0) await store.put(name + '/' + i + '-' + size, Buffer.alloc(size, 97 + (i % 26)), { ifNoneMatch: '*' });
            else {
              const upload = await store.createUpload(name + '/' + i + '-' + size);
              const part = await store.uploadPart(upload, 1, Buffer.alloc(size, 97 + (i % 26)));
              await store.completeUpload(upload, [part], { ifNoneMatch: '*' });
            }
          }
        };
        process.stdout.write('started');
        await Promise.all([lane('a' + process.pid), lane('b' + process.pid)]);`;
      let seen = 0;
      for (let round = 0; round < 6; round++) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const exited = once(child, 'exit').then(([code]) => {
          throw new Error(`the process ended by itself with ${code}`);
        });
        await Promise.race([once(child.stdout, 'data'), exited]);
        exited.catch(() => undefined);
        await sleep(50 + round * 37);
        child.kill('SIGKILL');
        await once(child, 'exit');
        seen = await requireWholeObjects();
      }
      expect(seen).toBeGreaterThan(12);
      await store.put('works/still', bytes('yes'), { ifNoneMatch: '*' });
      for (const upload of await collectAll(store.listUploads(''))) await store.abortUpload(upload);
      expect(await readdir(path('.store/uploads'))).toEqual([]);
    });

    const requireWholeObjects = async (): Promise<number> => {
      let seen = 0;
      for await (const { key, bytes: size, crc32: recorded } of store.list('')) {
        seen++;
        const [index, expected] = key.split('/')[1]!.split('-').map(Number);
        expect(size).toBe(expected);
        const content = await store.getBytes(key);
        expect(content.equals(Buffer.alloc(expected!, 97 + (index! % 26)))).toBe(true);
        expect(recorded).toBe(crc32(content));
      }
      return seen;
    };

    it('leave files that the next process removes once they are a day old', async () => {
      await store.put('a', bytes('1'), { ifNoneMatch: '*' });
      await writeFile(path('.store/tmp/abandoned'), 'x');
      await writeFile(path('.store/tmp/in-use'), 'x');
      const long = new Date(Date.now() - 25 * 3600 * 1000);
      await utimes(path('.store/tmp/abandoned'), long, long);
      await new FileStore({ root }).put('b', bytes('1'), { ifNoneMatch: '*' });
      await expect.poll(() => readdir(path('.store/tmp'))).toEqual(['in-use']);
      expect(await keys(store.list(''))).toEqual(['a', 'b']);
    });

    it('leave an upload log whose cut last line costs only its part', async () => {
      const upload = await store.createUpload('t');
      await store.uploadPart(upload, 1, bytes('one'));
      await appendFile(path(`.store/uploads/${upload.uploadId}/parts.log`), '\n{"part":2,"byt');
      const other = new FileStore({ root });
      expect((await other.listParts(upload)).map(({ part }) => part)).toEqual([1]);
      await other.uploadPart(upload, 2, bytes('two'));
      const parts = await other.listParts(upload);
      await other.completeUpload(upload, parts, { ifNoneMatch: '*' });
      expect(await text(store, 't')).toBe('onetwo');
    });
  });

  describe('a source that changes', () => {
    it.each([
      ['replaced', async (file: string) => writeFile(file, noise(3_000_000, 2))],
      ['cut short', async (file: string) => truncate(file, 1_500_000)],
      ['appended to', async (file: string) => appendFile(file, 'more')],
    ])('while it is read (%s) fails the read', async (_, change) => {
      await write('landed', noise(3_000_000));
      const { stream } = await store.get('landed');
      const reading = (async () => {
        let first = true;
        for await (const _ of stream) {
          if (first) await change(path('landed'));
          first = false;
        }
      })();
      await expect(reading).rejects.toThrow(PreconditionFailedError);
    });

    it('after its range was copied changes nothing', async () => {
      const content = noise(3_000_000);
      await write('landed', content);
      const { etag } = (await store.head('landed'))!;
      const upload = await store.createUpload('t');
      const range = { key: 'landed', etag, offset: 1_000, length: 2_900_000 };
      const part = await store.copyPart(upload, 1, range);
      await rm(path('landed'));
      await store.completeUpload(upload, [part], { ifNoneMatch: '*' });
      expect((await store.getBytes('t')).equals(content.subarray(1_000, 2_901_000))).toBe(true);
    });

    it('before a range copied out of order is there fails the completion, and shows nothing', async () => {
      await write('landed', noise(100_000));
      const { etag } = (await store.head('landed'))!;
      const upload = await store.createUpload('t');
      const part = await store.copyPart(upload, 2, { key: 'landed', etag, offset: 0, length: 50_000 });
      await writeFile(path('landed'), noise(100_000, 2));
      await expect(store.completeUpload(upload, [part], { ifNoneMatch: '*' })).rejects.toThrow(
        /^landed: ETag is .*, expected/,
      );
      await rm(path('landed'));
      await expect(store.completeUpload(upload, [part], { ifNoneMatch: '*' })).rejects.toThrow(
        ObjectNotFoundError,
      );
      expect(await store.head('t')).toBeUndefined();
      expect(await readdir(path('.store/tmp'))).toEqual([]);
    });
  });

  it('composes thousands of small ranges of many objects in order', async () => {
    const sources = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const content = noise(50_000, index);
        return { content, info: await store.put(`s/${index}`, content, { ifNoneMatch: '*' }) };
      }),
    );
    const upload = await store.createUpload('t');
    const expected: Buffer[] = [];
    const parts = [];
    for (let n = 1; n <= 4_000; n++) {
      const { content, info } = sources[(n * 7) % 40]!;
      const offset = (n * 311) % 40_000;
      const length = 1 + ((n * 131) % 9_000);
      expected.push(content.subarray(offset, offset + length));
      parts.push(await store.copyPart(upload, n, { key: info.key, etag: info.etag, offset, length }));
    }
    const whole = Buffer.concat(expected);
    const progress: number[] = [];
    const info = await store.completeUpload(upload, parts, {
      ifNoneMatch: '*',
      crc32: crc32(whole),
      onProgress: (done) => progress.push(done),
    });
    expect(info).toMatchObject({ bytes: whole.length, crc32: crc32(whole) });
    expect((await store.getBytes('t')).equals(whole)).toBe(true);
    expect(progress.at(-1)).toBe(whole.length);
  });

  it('keeps the limits it is given, so that plans can be tested small', async () => {
    const small = new FileStore({
      root,
      limits: {
        minPartBytes: 10,
        maxPartBytes: 100,
        maxParts: 3,
        minCopySourceBytes: 50,
        maxObjectBytes: 250,
      },
    });
    const upload = await small.createUpload('t');
    const sizes = async (...lengths: number[]) =>
      small.completeUpload(
        upload,
        await Promise.all(lengths.map((length, index) => small.uploadPart(upload, index + 1, noise(length)))),
        { ifNoneMatch: '*' },
      );
    await expect(sizes(9, 10)).rejects.toThrow(/part 1 has 9 bytes; all but the last need at least 10/);
    await expect(sizes(101)).rejects.toThrow(/at most 100 fit/);
    await expect(sizes(100, 100, 100)).rejects.toThrow(/300 bytes; the store's largest object is 250/);
    await expect(small.uploadPart(upload, 4, noise(10))).rejects.toThrow(/a part number from 1 to 3, got 4/);
    const source = await small.put('s', noise(49), { ifNoneMatch: '*' });
    await expect(
      small.copyPart(upload, 1, { key: 's', etag: source.etag, offset: 0, length: 20 }),
    ).rejects.toThrow(/49 bytes; a copied range needs a source of 50 or more/);
    expect(await sizes(10, 100, 1)).toMatchObject({ bytes: 111 });
  });

  describe('what stands in the way', () => {
    it('a plain file where the directory should be: a failed write that says so', async () => {
      await write('globex/2026-11-21/v1', 'in the way');
      for (const attempt of [
        () => store.put('globex/2026-11-21/v1/orders.csv', bytes('x'), { ifNoneMatch: '*' }),
        () => store.createUpload('globex/2026-11-21/v1/orders.csv'),
        () => store.put('globex/2026-11-21/v1/deep/er.csv', bytes('x'), { ifNoneMatch: '*' }),
      ]) {
        const failure = await attempt().catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StoreWriteError);
        expect((failure as StoreWriteError).transient).toBe(true);
        expect((failure as Error).message).toMatch(
          /^cannot write globex\/2026-11-21\/v1\/.*: a plain file stands where its directory globex\/2026-11-21\/v1\/ should be$/,
        );
      }
      await rm(path('globex/2026-11-21/v1'));
      await store.put('globex/2026-11-21/v1/orders.csv', bytes('x'), { ifNoneMatch: '*' });
    });

    it('a plain file that appears between planning and completing', async () => {
      const upload = await store.createUpload('globex/v1/orders.csv');
      const part = await store.uploadPart(upload, 1, bytes('x'));
      await rm(path('globex/v1'), { recursive: true });
      await writeFile(path('globex/v1'), 'in the way');
      await expect(store.completeUpload(upload, [part], { ifNoneMatch: '*' })).rejects.toThrow(
        /^cannot write globex\/v1\/orders.csv: a plain file stands where its directory should be/,
      );
      await rm(path('globex/v1'));
      await store.completeUpload(upload, [part], { ifNoneMatch: '*' });
      expect(await text(store, 'globex/v1/orders.csv')).toBe('x');
    });

    it('a directory where the file should be', async () => {
      await mkdir(path('globex/orders.csv'), { recursive: true });
      expect(await store.head('globex/orders.csv')).toBeUndefined();
      await expect(store.put('globex/orders.csv', bytes('x'), { ifNoneMatch: '*' })).rejects.toThrow(
        'cannot write globex/orders.csv: a directory stands where the file should be',
      );
    });

    it('a disk that takes no more bytes: a failed write, and nothing half-made', async () => {
      // A file size limit is what any user can set; the kernel refuses the write as it does on a full disk.
      const script = `
        process.on('SIGXFSZ', () => {});
        const { FileStore } = await import(${JSON.stringify(pathToFileURL('dist/store/file/file-store.js').href)});
        const store = new FileStore({ root: ${JSON.stringify(root)} });
        for (const write of [
          () => store.put('full/a', Buffer.alloc(200_000), { ifNoneMatch: '*' }),
          async () => {
            const upload = await store.createUpload('full/b');
            const parts = await Promise.all([1, 2, 3].map((n) => store.uploadPart(upload, n, Buffer.alloc(40_000))));
            await store.completeUpload(upload, parts, { ifNoneMatch: '*' });
          },
        ]) await write().then(() => console.log('written'), (error) => console.log(error.name + ': ' + error.message));`;
      const command = 'ulimit -f 100; exec "$0" --input-type=module -e "$1"';
      const said = await run('bash', ['-c', command, process.execPath, script]);
      expect(said.trim().split('\n')).toEqual([
        'StoreWriteError: cannot write full/a: the file would be larger than the file system allows (EFBIG)',
        'StoreWriteError: cannot write full/b: the file would be larger than the file system allows (EFBIG)',
      ]);
      expect(await keys(store.list(''))).toEqual([]);
      expect(await readdir(path('.store/tmp'))).toEqual([]);
    });
  });

  describe('a root', () => {
    it('that does not exist is told from an object that does not, and is never made', async () => {
      const gone = new FileStore({ root: join(parent, 'not-mounted') });
      const calls = [
        () => gone.check(),
        () => gone.head('a/b'),
        () => gone.get('a/b'),
        () => gone.put('a/b', bytes('x'), { ifNoneMatch: '*' }),
        () => gone.delete('a/b'),
        () => keys(gone.list('')),
        () => keys(gone.list('a/')),
        () => gone.createUpload('a/b'),
        () => collectAll(gone.listUploads('')),
      ];
      for (const call of calls) {
        const failure = await call().then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure, call.toString()).toBeInstanceOf(StoreUnreachableError);
        expect((failure as Error).message).toBe(
          `store file://${join(parent, 'not-mounted')}: directory ${join(parent, 'not-mounted')} does not exist`,
        );
      }
      expect(await readdir(parent)).toEqual(['root']);
    });

    it('that is a file is no store', async () => {
      await writeFile(join(parent, 'file'), '');
      await expect(new FileStore({ root: join(parent, 'file') }).check()).rejects.toThrow(
        /is not a directory/,
      );
    });

    it('may be reached through a symbolic link, and may move to another place', async () => {
      await symlink(root, join(parent, 'link'));
      const linked = new FileStore({ root: join(parent, 'link') });
      await linked.check();
      await linked.put('a/b', bytes('x'), { ifNoneMatch: '*' });
      expect(await text(store, 'a/b')).toBe('x');
      await rename(root, join(parent, 'moved'));
      await rm(join(parent, 'link'));
      await symlink(join(parent, 'moved'), join(parent, 'link'));
      expect(await text(linked, 'a/b')).toBe('x');
    });
  });

  describe('isolation', () => {
    it('symbolic links lead nowhere: not out of the root, not inside it', async () => {
      await mkdir(join(parent, 'outside'));
      await writeFile(join(parent, 'outside', 'secret'), 'secret');
      await write('inside/file', 'x');
      await symlink(join(parent, 'outside'), path('linked-dir'));
      await symlink(join(parent, 'outside', 'secret'), path('linked-file'));
      await symlink(path('inside'), path('linked-inside'));
      expect(await keys(store.list(''))).toEqual(['inside/file']);
      expect(await keys(store.list('linked-dir/'))).toEqual([]);
      for (const key of ['linked-dir/secret', 'linked-file', 'linked-inside/file']) {
        expect(await store.head(key)).toBeUndefined();
        await expect(store.get(key)).rejects.toThrow(ObjectNotFoundError);
        await expect(store.put(key, bytes('x'), { ifNoneMatch: '*' })).rejects.toThrow(StoreWriteError);
        await store.delete(key);
      }
      for (const key of ['linked-dir/new', 'linked-dir/sub/new']) {
        await expect(store.put(key, bytes('x'), { ifNoneMatch: '*' })).rejects.toThrow(
          `cannot write ${key}: a symbolic link stands where its directory linked-dir/ should be`,
        );
      }
      expect(await readdir(join(parent, 'outside'))).toEqual(['secret']);
      expect(await readFile(join(parent, 'outside', 'secret'), 'utf8')).toBe('secret');
    });

    it('a pipe is no object, and nobody waits for it', async () => {
      await run('mkfifo', [path('pipe')]);
      expect(await store.head('pipe')).toBeUndefined();
      await expect(store.get('pipe')).rejects.toThrow(ObjectNotFoundError);
      expect(await keys(store.list(''))).toEqual([]);
    });

    it('names with a leading dot are the store’s own: not listed, not readable, not writable', async () => {
      await store.put('a', bytes('1'), { ifNoneMatch: '*' });
      await write('landing/.archive.tar.gz.Xy12ab', 'rsync is still writing');
      await write('landing/._archive.tar.gz', 'AppleDouble');
      await write('landing/archive.tar.gz', 'x');
      expect(await keys(store.list(''))).toEqual(['a', 'landing/archive.tar.gz']);
      expect(await keys(store.list('.store/'))).toEqual([]);
      for (const key of ['.store/tmp/x', '.x', 'a/.b/c']) {
        await expect((async () => store.head(key))()).rejects.toThrow(InvalidKeyError);
      }
    });

    it('lists a file whose name is not UTF-8, as one that cannot be read', async () => {
      await write('landing/good.tar.gz', 'x');
      const name = Buffer.concat([bytes(path('landing/')), Buffer.from([0xb0, 0xa1]), bytes('.tar.gz')]);
      await writeFile(name, 'CP949');
      const [good, bad] = await collectAll(store.list('landing/'));
      expect(good).toMatchObject({ key: 'landing/good.tar.gz', bytes: 1 });
      expect(bad).toEqual({ key: 'landing/\ufffd\ufffd.tar.gz', bytes: 0, etag: 'name-is-not-utf-8' });
      await expect(store.get(bad!.key)).rejects.toThrow(ObjectNotFoundError);
    });

    it('refuses names longer than a file system takes', async () => {
      await expect((async () => store.head(`a/${'가'.repeat(86)}`))()).rejects.toThrow(
        /longer than 255 bytes/,
      );
      const longest = `a/${'x'.repeat(255)}`;
      const first = await store.put(longest, bytes('x'), { ifNoneMatch: '*' });
      expect(await text(store, longest)).toBe('x');
      expect(await keys(store.list('a/'))).toEqual([longest]);
      await expect(store.put(longest, bytes('y'), { ifMatch: first.etag })).rejects.toThrow(StoreWriteError);
    });
  });
});

/** Runs a program; its output. */
async function run(command: string, args: string[]): Promise<string> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`);
  return said;
}
