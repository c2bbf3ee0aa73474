import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TerminalError } from '../../src/errors.js';
import { crc32 } from '../../src/store/crc32.js';
import {
  ChecksumMismatchError,
  DamagedBodyError,
  PreconditionFailedError,
  StoreUnreachableError,
  StoreWriteError,
  UploadGoneError,
} from '../../src/store/errors.js';
import { openStore } from '../../src/store/open-store.js';
import { createS3Client } from '../../src/store/s3/s3-client.js';
import { S3Store, type S3StoreOptions } from '../../src/store/s3/s3-store.js';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';
import { bytes, collect, noise, race, text } from './object-store.contract.js';

describe('S3Store behind a network that fails', () => {
  let server: Versitygw;
  let proxy: FaultyProxy;
  const stores: S3Store[] = [];
  const open = (options: Partial<S3StoreOptions> = {}): S3Store => {
    const store = new S3Store({
      bucket: server.bucket,
      endpoint: proxy.endpoint,
      env: server.env,
      resume: { backoffMs: 1 },
      ...options,
    });
    stores.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await startVersitygw();
    proxy = await startFaultyProxy(server.endpoint);
  });
  afterEach(() => {
    proxy.fault = () => undefined;
    proxy.serialise = () => false;
    proxy.requests.length = 0;
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await proxy?.stop();
    await server?.stop();
  });

  /** Overwrites, past the proxy. */
  const land = async (key: string, body: Buffer, more: object = {}): Promise<void> => {
    const partner = createS3Client({ endpoint: server.endpoint, env: server.env });
    await partner.send(new PutObjectCommand({ Bucket: server.bucket, Key: key, Body: body, ...more }));
    partner.destroy();
  };
  const gets = () => proxy.requests.filter(({ method }) => method === 'GET');

  describe('a body that breaks', () => {
    const content = noise(2_000_000);

    it('is taken up from the last byte, pinned to the version first seen', async () => {
      await land('resume/a', content);
      proxy.fault = ({ method }) =>
        method === 'GET' && gets().length <= 4 ? { cutAfter: 300_001 } : undefined;
      const store = open();
      const { info, stream } = await store.get('resume/a');
      expect((await collect(stream)).equals(content)).toBe(true);
      const [first, ...again] = gets();
      expect(first!.headers.range).toBeUndefined();
      expect(again).toHaveLength(4);
      expect(again.map(({ headers }) => headers['if-match'])).toEqual(again.map(() => `"${info.etag}"`));
      const starts = again.map(({ headers }) => Number(/bytes=(\d+)-1999999/.exec(headers.range ?? '')?.[1]));
      // Nothing is read twice: each request begins where the bytes before it ended.
      expect(starts.every((start, index) => start > (starts[index - 1] ?? 0))).toBe(true);
      expect(starts.every((start, index) => start <= 300_001 * (index + 1))).toBe(true);
    });

    it('is taken up inside a range, too', async () => {
      await land('resume/b', content);
      proxy.fault = ({ method }) =>
        method === 'GET' && gets().length <= 2 ? { cutAfter: 200_000 } : undefined;
      const found = await open().getBytes('resume/b', { range: { offset: 1_000_000, length: 500_000 } });
      expect(found.equals(content.subarray(1_000_000, 1_500_000))).toBe(true);
    });

    it('survives more breaks than the bound, as long as each try brings something', async () => {
      await land('resume/c', content);
      proxy.fault = ({ method }) => (method === 'GET' ? { cutAfter: 100_000 } : undefined);
      const found = await open({ resume: { backoffMs: 1, triesWithoutProgress: 2 } }).getBytes('resume/c');
      expect(found.equals(content)).toBe(true);
      expect(gets().length).toBeGreaterThanOrEqual(20);
    });

    it('gives up when nothing comes any more, and says where the store is', async () => {
      await land('resume/d', content);
      proxy.fault = ({ method }) =>
        method === 'GET' ? { cutAfter: gets().length === 1 ? 100_000 : 0 } : undefined;
      const store = open({ resume: { backoffMs: 1, triesWithoutProgress: 3 } });
      const failure = await store.getBytes('resume/d').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreUnreachableError);
      expect((failure as Error).message).toContain(proxy.endpoint);
    });

    it('is taken up when it stalls', async () => {
      await land('resume/e', content);
      proxy.fault = ({ method }) => (method === 'GET' && gets().length === 1 ? { stall: true } : undefined);
      const found = await open({ resume: { backoffMs: 1, stallMs: 200 } }).getBytes('resume/e');
      expect(found.equals(content)).toBe(true);
    });

    it.each(['replaced', 'deleted'])('never goes on with another version: the object is %s', async (how) => {
      const key = `resume/${how}`;
      await land(key, content);
      proxy.fault = ({ method }) => (method === 'GET' ? { cutAfter: 500_000 } : undefined);
      const store = open();
      const { stream } = await store.get(key);
      const direct = open({ endpoint: server.endpoint });
      const reading = (async () => {
        let first = true;
        for await (const _ of stream) {
          if (!first) continue;
          first = false;
          if (how === 'replaced') await land(key, noise(2_000_000, 5));
          else await direct.delete(key);
        }
      })();
      await expect(reading).rejects.toThrow(PreconditionFailedError);
    });

    it('refuses a server that ignores the range', async () => {
      const body = 'x'.repeat(100);
      proxy.fault = ({ method }) => (method === 'GET' ? { refuse: { status: 200, body } } : undefined);
      await expect(open().getBytes('resume/f', { range: { offset: 5, length: 5 } })).rejects.toThrow(
        /answered a range request with other bytes/,
      );
    });
  });

  describe('a small object read whole', () => {
    const content = noise(5_000);
    const flipping = (times: number) => {
      proxy.fault = ({ method }) =>
        method === 'GET' && gets().length <= times ? { flipAt: gets().length / 10 } : undefined;
    };

    it('is read again when a bit fell over on its way', async () => {
      await land('whole/a', content);
      flipping(1);
      expect((await open().getBytes('whole/a')).equals(content)).toBe(true);
      expect(gets()).toHaveLength(2);
    });

    it('is not believed when every reading gives other bytes', async () => {
      await land('whole/b', content);
      flipping(2);
      await expect(open().getBytes('whole/b')).rejects.toThrow(DamagedBodyError);
    });

    it('is believed when its ETag is no MD5 and two readings agree', async () => {
      const body = 'as the store has it';
      const headers = { etag: `"${'ab'.repeat(16)}"` };
      proxy.fault = ({ method }) =>
        method === 'GET' ? { refuse: { status: 200, body, headers } } : undefined;
      expect((await open().getBytes('whole/c')).toString()).toBe(body);
      expect(gets()).toHaveLength(2);
    });
  });

  it('hands out the bytes of an object with Content-Encoding: gzip as they are', async () => {
    const stored = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), noise(1000)]);
    await land('encoded.tar.gz', stored, { ContentEncoding: 'gzip' });
    const store = open();
    expect((await store.getBytes('encoded.tar.gz')).equals(stored)).toBe(true);
    expect(await store.head('encoded.tar.gz')).toMatchObject({ bytes: stored.length });
  });

  it('reads what stands in the bucket as a plain folder marker as no object', async () => {
    await mkdir(join(server.dataDir, server.bucket, 'folder'), { recursive: true });
    await writeFile(join(server.dataDir, server.bucket, 'folder', 'x.csv'), 'x');
    await land('folder/sub/', bytes(''));
    const store = open();
    const found: string[] = [];
    for await (const { key } of store.list('folder/')) found.push(key);
    expect(found).toEqual(['folder/x.csv']);
  });

  describe('conditional writes', () => {
    it('lets exactly one of 20 racers replace a pointer, conditional writes arriving one by one', async () => {
      const first = await open().put('race/pointer', bytes('0'), { ifNoneMatch: '*' });
      proxy.serialise = ({ method }) => method === 'PUT';
      const { winners, losers } = await race((racer) =>
        open().put('race/pointer', bytes(`racer ${racer}`), { ifMatch: first.etag }),
      );
      expect(winners).toHaveLength(1);
      expect(losers.every((error) => error instanceof PreconditionFailedError)).toBe(true);
      expect(await text(open(), 'race/pointer')).toBe(`racer ${winners[0]!.racer}`);
    });

    it('repeats a write that the store refuses because of a concurrent one (409)', async () => {
      let conflicts = 2;
      proxy.fault = ({ method }) =>
        method === 'PUT' && conflicts-- > 0
          ? { refuse: s3Error(409, 'ConditionalRequestConflict') }
          : undefined;
      await open().put('conflict/a', bytes('x'), { ifNoneMatch: '*' });
      expect(await text(open(), 'conflict/a')).toBe('x');
    });

    it('recognises its own write when the answer to it was lost', async () => {
      let lost = 1;
      proxy.fault = ({ method }) =>
        method === 'PUT' && lost-- > 0 ? { answerInstead: s3Error(500, 'InternalError') } : undefined;
      const info = await open().put('lost/a', bytes('mine'), { ifNoneMatch: '*' });
      expect(info).toMatchObject({ bytes: 4, etag: (await open().head('lost/a'))!.etag });
      expect(proxy.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
    });

    it('does not take another writer for itself', async () => {
      await land('lost/b', bytes('his '));
      proxy.fault = ({ method }) =>
        method === 'PUT' && proxy.requests.length === 1
          ? { refuse: s3Error(500, 'InternalError') }
          : undefined;
      await expect(open().put('lost/b', bytes('mine'), { ifNoneMatch: '*' })).rejects.toThrow(
        PreconditionFailedError,
      );
    });
  });

  describe('a completion', () => {
    const body = noise(100_000);
    const start = async (store: S3Store, key: string) => {
      const upload = await store.createUpload(key, { crc32: true });
      return { upload, parts: [await store.uploadPart(upload, 1, body)] };
    };
    const isComplete = ({ method, url }: { method: string; url: string }) =>
      method === 'POST' && url.includes('uploadId=');

    it('that answers 200 with an error in its body, but succeeded, is a success', async () => {
      const store = open();
      const { upload, parts } = await start(store, 'doubt/a');
      let once = 1;
      proxy.fault = (request) =>
        isComplete(request) && once-- > 0 ? { answerInstead: s3Error(200, 'InternalError') } : undefined;
      const info = await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) });
      expect(info).toMatchObject({ bytes: body.length, crc32: crc32(body) });
    });

    it('that answers 200 with an error in its body, and failed, is repeated', async () => {
      const store = open();
      const { upload, parts } = await start(store, 'doubt/b');
      let once = 1;
      proxy.fault = (request) =>
        isComplete(request) && once-- > 0 ? { refuse: s3Error(200, 'InternalError') } : undefined;
      await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) });
      expect(await store.head('doubt/b')).toMatchObject({ bytes: body.length, crc32: crc32(body) });
    });

    it('that never succeeds is a failed write, and nothing is visible', async () => {
      const store = open();
      const { upload, parts } = await start(store, 'doubt/c');
      proxy.fault = (request) =>
        isComplete(request) ? { refuse: s3Error(200, 'InternalError') } : undefined;
      await expect(
        store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) }),
      ).rejects.toThrow(StoreWriteError);
      expect(await store.head('doubt/c')).toBeUndefined();
    });

    it('of an upload that somebody aborted says to start anew', async () => {
      const store = open();
      const { upload, parts } = await start(store, 'doubt/d');
      await store.abortUpload(upload);
      await expect(
        store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) }),
      ).rejects.toThrow(UploadGoneError);
    });

    it('met by its own object with other content is refused', async () => {
      const store = open();
      const { upload, parts } = await start(store, 'doubt/e');
      await land('doubt/e', noise(100_000, 2));
      await expect(
        store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) }),
      ).rejects.toThrow(PreconditionFailedError);
    });

    it('is read back where we, not the store, are to take the CRC32', async () => {
      const store = open({ verify: 'read' });
      const { upload, parts } = await start(store, 'doubt/f');
      await store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: crc32(body) });
      expect(gets().map(({ url }) => url.split('?')[0])).toEqual([`/${server.bucket}/doubt/f`]);
    });

    it('whose object reads back wrong does not leave it standing', async () => {
      const store = open({ verify: 'read' });
      const upload = await store.createUpload('doubt/g');
      const parts = [await store.uploadPart(upload, 1, body)];
      await expect(store.completeUpload(upload, parts, { ifNoneMatch: '*', crc32: 1 })).rejects.toThrow(
        ChecksumMismatchError,
      );
      expect(await store.head('doubt/g')).toBeUndefined();
    });
  });

  describe('messages', () => {
    it('name the address where nothing listens', async () => {
      const store = await openStore('s3://bucket', {
        ...server.env,
        AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      });
      await expect(store.check()).rejects.toThrow(
        'store s3://bucket: no answer from http://127.0.0.1:1: nothing listens there (ECONNREFUSED)',
      );
      await expect(store.check()).rejects.toThrow(StoreUnreachableError);
      await store.close();
    });

    it('name a bucket that does not exist, and credentials that are refused', async () => {
      await expect(open({ bucket: 'nobody' }).check()).rejects.toThrow(
        'store s3://nobody: the bucket does not exist',
      );
      const env = { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong' };
      await expect(open({ env }).check()).rejects.toThrow(
        /the credentials are refused: SignatureDoesNotMatch/,
      );
    });

    it('say that an archive lies in cold storage, once and for all', async () => {
      proxy.fault = () => ({ refuse: s3Error(403, 'InvalidObjectState') });
      const failure = await open()
        .get('cold.tar.gz')
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TerminalError);
      expect((failure as Error).message).toMatch(/archive storage class.*restore it/);
      expect(proxy.requests).toHaveLength(1);
    });

    it('tell a write that is refused from a read that is', async () => {
      proxy.fault = () => ({ refuse: s3Error(403, 'AccessDenied') });
      await expect(open().put('x', bytes('x'), { ifNoneMatch: '*' })).rejects.toThrow(
        /^cannot write x: access denied: AccessDenied 403/,
      );
      await expect(open().get('x')).rejects.toThrow(
        /^store s3:\/\/partnerday: access denied: AccessDenied 403.* for x$/,
      );
    });

    it('say what stands where the directory should be', async () => {
      await land('taken/v1', bytes('a plain file'));
      await expect(open().put('taken/v1/table.csv', bytes('x'), { ifNoneMatch: '*' })).rejects.toThrow(
        /^cannot write taken\/v1\/table.csv: a plain object stands where its directory should be/,
      );
    });
  });

  it('lists with keys that only a URL can carry, where the server encodes them', async () => {
    const page = `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>
      <Contents><Key>a/with+space%2Bplus%25%01%EA%B0%80</Key><Size>3</Size><ETag>"e"</ETag></Contents></ListBucketResult>`;
    proxy.fault = () => ({ refuse: { status: 200, body: page } });
    const store = open();
    const found = [];
    for await (const info of store.list('a/')) found.push(info);
    expect(found).toEqual([{ key: 'a/with space+plus%\u0001가', bytes: 3, etag: 'e' }]);
  });
});

function s3Error(status: number, code: string): { status: number; body: string } {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>planted</Message></Error>`,
  };
}
