import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Rules, rulesSchema } from '../../../src/config/rules.js';
import { rulesId } from '../../../src/config/rules-id.js';
import { type ArchiveRef, archiveId } from '../../../src/ingest/archive-ref.js';
import { ArchiveReplacedError } from '../../../src/ingest/extraction/archive-replaced.js';
import {
  type ExtractArchiveOptions,
  extractArchive,
} from '../../../src/ingest/extraction/extract-archive.js';
import { requireSameAgain } from '../../../src/ingest/extraction/read-again.js';
import { PartnerDayLayout } from '../../../src/ingest/layout.js';
import { type Manifest, manifestSchema } from '../../../src/ingest/manifest.js';
import { crc32 } from '../../../src/store/crc32.js';
import { DamagedBodyError, StoreWriteError } from '../../../src/store/errors.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import type { GetOptions, ObjectBody } from '../../../src/store/object-store.js';
import { rulesFrom } from '../../support/scan-bytes.js';
import { tar, tarFile, tarGz } from '../../support/tar-builder.js';

const layout = new PartnerDayLayout('acme', '2026-01-31');

let root: string;
let store: CountingStore;

/** A file store that counts reads of landed objects, and does to them what a test asks. */
class CountingStore extends FileStore {
  reads = 0;
  body: ((stream: AsyncIterable<Buffer>) => AsyncIterable<Buffer>) | undefined;
  refuse: ((key: string) => boolean) | undefined;

  override async get(key: string, options: GetOptions = {}): Promise<ObjectBody> {
    if (!key.startsWith('landing/')) return super.get(key, options);
    this.reads++;
    const { info, stream } = await super.get(key, options);
    return { info, stream: this.body?.(stream) ?? stream };
  }

  override put: FileStore['put'] = async (key, body, condition, options) => {
    if (this.refuse?.(key)) throw new StoreWriteError(key, 'no space left');
    return super.put(key, body, condition, options);
  };
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'extract-'));
  store = new CountingStore({ root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function land(bytes: Buffer, name = 'a.tar.gz'): Promise<ArchiveRef> {
  const key = `landing/acme/2026-01-31/${name}`;
  await mkdir(dirname(join(root, key)), { recursive: true });
  await writeFile(join(root, key), bytes);
  const info = (await store.head(key))!;
  return { source: 'main', key, etag: info.etag, bytes: info.bytes };
}

function extract(archive: ArchiveRef, options: Partial<ExtractArchiveOptions> = {}): Promise<Manifest> {
  const rules: Rules = options.rules ?? rulesFrom();
  return extractArchive({ store, layout, archive, rules, rulesId: rulesId(rules), ...options });
}

async function rowsOf(manifest: Manifest): Promise<Record<string, string>> {
  const rows: Record<string, string> = {};
  for (const { name, range } of manifest.members) {
    if (range === undefined) continue;
    const object = manifest.objects[range.object]!;
    const key = layout.segment(manifest.archiveId, manifest.rulesId, object.name);
    const bytes = await store.getBytes(key, { range: { offset: range.offset, length: range.bytes } });
    expect(crc32(bytes)).toBe(range.crc32);
    rows[name] = bytes.toString();
  }
  return rows;
}

/** Every file the store holds beside the landed ones, with its bytes. */
async function written(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(root.length + 1);
    if (entry.isFile() && key.startsWith('acme/')) files[key] = (await readFile(path)).toString('latin1');
  }
  return files;
}

const SMALL = tarGz(
  tarFile('./orders_20260131_1.csv', 'id,name\r\n1,a\r\n2,"b, c"'),
  tarFile('rooms_20260131_1.csv', 'room,beds\n7,2\n'),
  tarFile('orders_20260131_2.csv', '\ufeffid,name\n3,\n'),
);

const big = bigArchive();

describe('a good archive', () => {
  it('becomes canonical rows, and a manifest that says where they are', async () => {
    const manifest = await extract(await land(SMALL));
    expect(manifest).toMatchObject({ outcome: 'whole', findings: [], bytesConsumed: SMALL.length });
    expect(manifest.headers).toEqual([
      ['id', 'name'],
      ['room', 'beds'],
    ]);
    expect(manifest.members).toMatchObject([
      {
        position: 0,
        table: 'orders',
        batch: '1',
        header: 0,
        rows: 2,
        nulls: [0, 0],
        types: ['integer', 'text'],
      },
      {
        position: 1,
        table: 'rooms',
        batch: '1',
        header: 1,
        rows: 1,
        nulls: [0, 0],
        types: ['integer', 'integer'],
      },
      {
        position: 2,
        table: 'orders',
        batch: '2',
        header: 0,
        rows: 1,
        nulls: [0, 1],
        types: ['integer', 'null'],
      },
    ]);
    expect(await rowsOf(manifest)).toEqual({
      './orders_20260131_1.csv': '1,a\n2,"b, c"\n',
      'rooms_20260131_1.csv': '7,2\n',
      'orders_20260131_2.csv': '3,\n',
    });
  });

  it('keeps the columns aside that rules across tables need: of the same rows, in the same order', async () => {
    const files = {
      'orders_20260131_1.csv': 'id,note,customer\n1,"a, b",c1\n2,short\n3,,c3\n',
      'orders_20260131_2.csv': 'customer,id\nc4,4\n',
      'orders_20260131_3.csv': 'id\n5\n',
      'stores_20260131_1.csv': 'id\n9\n',
    };
    const archive = await land(tarGz(...Object.entries(files).map(([name, text]) => tarFile(name, text))));
    const rules = rulesFrom({ tables: { orders: { aside: ['customer', 'id'] } } });
    const manifest = await extract(archive, { rules });
    const kept: Record<string, string> = {};
    for (const { name, aside } of manifest.members) {
      if (aside === undefined) continue;
      const key = layout.segment(manifest.archiveId, manifest.rulesId, manifest.objects[aside.object]!.name);
      const bytes = await store.getBytes(key, { range: { offset: aside.offset, length: aside.bytes } });
      expect(crc32(bytes)).toBe(aside.crc32);
      kept[name] = bytes.toString();
    }
    expect(kept).toEqual({
      'orders_20260131_1.csv': 'c1,1\nc3,3\n',
      'orders_20260131_2.csv': 'c4,4\n',
      'orders_20260131_3.csv': ',5\n',
    });
    expect((await rowsOf(manifest))['orders_20260131_1.csv']).toBe('1,"a, b",c1\n3,,c3\n');
    expect(manifest.objects.map(({ name }) => name)).toEqual(['rows-0.csv', 'aside-0.csv']);
  });

  it('is committed by a manifest that reads back as what was returned', async () => {
    const archive = await land(SMALL);
    const manifest = await extract(archive);
    const bytes = await store.getBytes(layout.manifest(archiveId(archive), manifest.rulesId));
    expect(manifestSchema.parse(JSON.parse(bytes.toString()))).toEqual(manifest);
  });

  it('is never read again once committed', async () => {
    const archive = await land(SMALL);
    const first = await extract(archive);
    await rm(join(root, archive.key));
    expect(await extract(archive)).toEqual(first);
    expect(store.reads).toBe(1);
  });

  it('puts neighbouring members of a table side by side, tables in the order of their names', async () => {
    const manifest = await extract(await land(SMALL));
    const [object] = manifest.objects;
    const key = layout.segment(manifest.archiveId, manifest.rulesId, object!.name);
    expect(manifest.objects).toHaveLength(1);
    expect((await store.getBytes(key)).toString()).toBe('1,a\n2,"b, c"\n3,\n7,2\n');
  });

  it('gives the same objects and the same manifest, whatever pieces its bytes come in', async () => {
    const archive = await land(big);
    await extract(archive);
    const whole = await written();
    await rm(join(root, 'acme'), { recursive: true });
    store.body = (stream) => inPieces(stream, 977);
    await extract(archive);
    expect(Object.keys(whole)).toHaveLength(2);
    expect(await written()).toEqual(whole);
  }, 60_000);

  it('continues after a crash at the manifest: the same bytes, no conflict', async () => {
    const archive = await land(SMALL);
    store.refuse = (key) => key.endsWith('manifest.json');
    await expect(extract(archive)).rejects.toThrow(StoreWriteError);
    const before = await written();
    expect(Object.keys(before)).toHaveLength(1);
    store.refuse = undefined;
    await extract(archive);
    expect(await written()).toMatchObject(before);
  });

  it('reports its progress', async () => {
    const seen: number[] = [];
    await extract(await land(big), { onProgress: ({ bytes }) => seen.push(bytes) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('a bad archive', () => {
  it('that is refused is committed, too, with nothing to merge and nothing left behind', async () => {
    const archive = await land(Buffer.concat([SMALL, Buffer.from('garbage')]));
    const manifest = await extract(archive);
    expect(manifest).toMatchObject({ outcome: 'rejected', objects: [], bytesConsumed: archive.bytes });
    expect(manifest.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest.findings).toMatchObject([{ code: 'archive-trailing-data', archive: archive.key }]);
    expect(manifest.members.filter(({ outcome, range }) => outcome === 'loaded' || range)).toEqual([]);
    expect(Object.keys(await written())).toEqual([layout.manifest(archiveId(archive), manifest.rulesId)]);
    // Once to read it, once to be sure.
    expect(store.reads).toBe(2);
    await extract(archive);
    expect(store.reads).toBe(2);
  });

  it('cut anywhere keeps exactly the members that came whole', async () => {
    const whole = tar(
      tarFile('t_20260131_1.csv', 'id\n1\n'),
      tarFile('t_20260131_2.csv', 'id\n2\n'),
      tarFile('t_20260131_3.csv', 'id\n3\n'),
    );
    const ends = [512 + 5, 1536 + 5, 2560 + 5];
    for (const length of [100, 511, 513, 517, 1000, 1540, 1541, 2564, 2565, 3071]) {
      const manifest = await extract(await land(gzipSync(whole.subarray(0, length)), `${length}.tar.gz`));
      const expected = ends
        .filter((end) => end <= length)
        .map((_, i) => [`t_20260131_${i + 1}.csv`, `${i + 1}\n`]);
      expect(manifest.outcome).toBe('salvaged');
      expect(await rowsOf(manifest)).toEqual(Object.fromEntries(expected));
    }
  });

  it('above the size limit is refused unread', async () => {
    const archive = await land(SMALL);
    const rules = rulesSchema.parse({ tables: {}, limits: { archiveBytes: '100 B' } });
    const manifest = await extract(archive, { rules });
    expect(manifest).toMatchObject({
      outcome: 'rejected',
      bytesConsumed: 0,
      findings: [{ code: 'archive-limit' }],
    });
    expect(store.reads).toBe(0);
  });

  it('that was replaced since it was listed is not read as something else', async () => {
    const archive = await land(SMALL);
    await rm(join(root, archive.key));
    await land(tarGz(tarFile('orders_20260131_1.csv', 'id\n9\n')));
    await expect(extract(archive)).rejects.toThrow(ArchiveReplacedError);
    expect(await written()).toEqual({});
  });

  it('whose store goes silent is given up as transient', async () => {
    const archive = await land(SMALL);
    store.body = (stream) => silentAfter(stream, 100);
    await expect(extract(archive, { stallMs: 50 })).rejects.toMatchObject({
      name: 'StalledReadError',
      transient: true,
    });
    expect(await written()).toEqual({});
  });

  it('whose body ends early is transient: it is not taken for a cut archive', async () => {
    const archive = await land(SMALL);
    store.body = (stream) => firstBytes(stream, 100);
    await expect(extract(archive)).rejects.toMatchObject({ transient: true });
    expect(await written()).toEqual({});
  });

  it('that is aborted throws the reason itself and commits nothing', async () => {
    const archive = await land(big);
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const onProgress = () => abort.abort(reason);
    await expect(extract(archive, { signal: abort.signal, onProgress })).rejects.toBe(reason);
    expect(await written()).toEqual({});
  });
});

describe('a sound archive of which a bit falls over on its way', () => {
  it('is never called bad, whichever bit it was: another try reads it as it is', async () => {
    const sound = await extract(await land(SMALL, 'sound.tar.gz'));
    for (let at = 0; at < SMALL.length; at += 3) {
      const archive = await land(SMALL, `${at}.tar.gz`);
      store.body = once((stream) => flippedAt(stream, at));
      const first = await extract(archive).catch((error: unknown) => error);
      if (first instanceof Error) {
        expect(first).toMatchObject({ name: 'DamagedBodyError', transient: true });
        expect(first.message).toContain(archive.key);
        expect(Object.keys(await written()).filter((key) => key.includes(archiveId(archive)))).toEqual([]);
      }
      const { outcome, members, findings } = await extract(archive);
      expect({ outcome, members, findings }).toEqual({
        outcome: 'whole',
        members: sound.members,
        findings: [],
      });
    }
  });

  it('is not called bad on the word of our own inflater alone: zlib must find the damage, too', async () => {
    const archive = await land(SMALL);
    const { sha256 } = await extract(archive);
    const said = (code: 'archive-corrupt' | 'archive-hostile') =>
      requireSameAgain({
        store,
        archive,
        rules: rulesFrom(),
        first: { sha256, findings: [{ code, severity: 'error', detail: 'the gzip is damaged: so it says' }] },
      });
    await expect(said('archive-corrupt')).rejects.toThrow(/zlib reads it without a fault/);
    await expect(said('archive-corrupt')).rejects.toBeInstanceOf(DamagedBodyError);
    await said('archive-hostile');
  });

  it('is read once where nothing is wrong', async () => {
    await extract(await land(SMALL));
    expect(store.reads).toBe(1);
  });
});

describe('a damaged archive', () => {
  const DAMAGED = Buffer.from(SMALL);
  DAMAGED[SMALL.length >> 1]! ^= 0x10;

  it('is not judged while its readings differ, whichever of them was disturbed', async () => {
    const archive = await land(DAMAGED);
    let reading = 0;
    store.body = (stream) => (++reading === 2 ? flippedAt(stream, 20) : stream);
    await expect(extract(archive)).rejects.toMatchObject({ name: 'DamagedBodyError' });
    expect(await written()).toEqual({});
    expect(await extract(archive)).toMatchObject({
      outcome: 'rejected',
      findings: [{ code: 'archive-corrupt' }],
    });
    expect(reading).toBe(4);
  });

  it('that is replaced before it is read again is not judged at all', async () => {
    const archive = await land(DAMAGED);
    store.body = once((stream) =>
      thenDo(stream, async () => {
        await rm(join(root, archive.key));
        await land(SMALL);
      }),
    );
    await expect(extract(archive)).rejects.toThrow(ArchiveReplacedError);
    expect(await written()).toEqual({});
  });

  it('goes on telling its progress while it is read again', async () => {
    const damaged = Buffer.from(big);
    damaged[big.length - 6]! ^= 1;
    const seen: number[] = [];
    await extract(await land(damaged), { onProgress: ({ bytes }) => seen.push(bytes) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.filter((bytes) => bytes > big.length).length).toBeGreaterThan(2);
  });
});

describe('a refused archive', () => {
  it('gives the same manifest, whatever pieces its bytes come in', async () => {
    const damaged = Buffer.from(big);
    damaged.fill(0x55, big.length >> 1, (big.length >> 1) + 100);
    const archive = await land(damaged);
    const first = await extract(archive);
    await rm(join(root, 'acme'), { recursive: true });
    store.body = (stream) => inPieces(stream, 4999);
    expect(first.outcome).toBe('rejected');
    expect(first.members.length).toBeGreaterThan(5);
    expect(await extract(archive)).toEqual(first);
  });
});

describe('quarantine', () => {
  it('keeps every row that was set aside, with its place and its bytes', async () => {
    const archive = await land(
      tarGz(
        tarFile('t_20260131_1.csv', 'id,x\n1,2\n3\n4,5\n'),
        tarFile('t_20260131_2.csv', Buffer.from('id,x\n6,\xff\n', 'latin1')),
      ),
    );
    const manifest = await extract(archive);
    const lines = (await store.getBytes(manifest.quarantine!)).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        member: 't_20260131_1.csv',
        row: 2,
        line: 3,
        offset: 9,
        code: 'row-short',
        raw: Buffer.from('3').toString('base64'),
      },
      {
        member: 't_20260131_2.csv',
        row: 1,
        line: 2,
        offset: 5,
        code: 'row-encoding',
        raw: Buffer.from('6,\xff', 'latin1').toString('base64'),
      },
    ]);
    expect(manifest.members).toMatchObject([
      { outcome: 'loaded', rows: 3, rowsQuarantined: 1 },
      { outcome: 'loaded', rows: 1, rowsQuarantined: 1 },
    ]);
    expect(manifest.members[1]!.range).toBeUndefined();
    expect(await rowsOf(manifest)).toEqual({ 't_20260131_1.csv': '1,2\n4,5\n' });
  });

  it('a member without a readable header is quarantined; its neighbours load', async () => {
    const manifest = await extract(
      await land(tarGz(tarFile('t_20260131_1.csv', 'id,id\n1,2\n'), tarFile('t_20260131_2.csv', 'id\n7\n'))),
    );
    expect(manifest.members.map(({ outcome }) => outcome)).toEqual(['quarantined', 'loaded']);
    expect(manifest.findings).toMatchObject([
      { code: 'member-duplicate-column', member: 't_20260131_1.csv', table: 't' },
    ]);
    expect(await rowsOf(manifest)).toEqual({ 't_20260131_2.csv': '7\n' });
  });
});

/** 45 MB of rows in members of four tables, taking turns. */
function bigArchive(): Buffer {
  const files: Buffer[] = [];
  let seed = 7;
  for (let batch = 0; batch < 60; batch++) {
    const rows = ['id,text'];
    for (let row = 0; row < 12_000; row++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      rows.push(`${seed},${'x'.repeat(40 + (seed % 30))}`);
    }
    files.push(tarFile(`t${batch % 4}_20260131_${batch}.csv`, `${rows.join('\n')}\n`));
  }
  return gzipSync(tar(...files), { level: 1 });
}

type Body = (stream: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** For the next reading only. */
function once(body: Body): Body {
  return (stream) => {
    store.body = undefined;
    return body(stream);
  };
}

async function* flippedAt(stream: AsyncIterable<Buffer>, position: number): AsyncGenerator<Buffer> {
  let passed = 0;
  for await (const chunk of stream) {
    const copy = Buffer.from(chunk);
    if (position >= passed && position < passed + chunk.length) copy[position - passed]! ^= 0x10;
    passed += chunk.length;
    yield copy;
  }
}

async function* thenDo(stream: AsyncIterable<Buffer>, act: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* stream;
  await act();
}

async function* inPieces(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes);
  }
}

async function* firstBytes(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    yield chunk.subarray(0, bytes);
    return;
  }
}

async function* silentAfter(stream: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  yield* firstBytes(stream, bytes);
  await new Promise(() => {});
}
