import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveRef, archiveId } from '../../src/ingest/archive-ref.js';
import { extractArchive } from '../../src/ingest/extraction/extract-archive.js';
import { PartnerDayLayout } from '../../src/ingest/layout.js';
import type { Manifest } from '../../src/ingest/manifest.js';
import { createS3Client } from '../../src/store/s3/s3-client.js';
import { S3Store } from '../../src/store/s3/s3-store.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import { rulesFrom } from '../support/scan-bytes.js';
import { tar, tarFile } from '../support/tar-builder.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';

const layout = new PartnerDayLayout('acme', '2026-01-31');
const rulesId = 'abcdef0123456789';

let server: Versitygw;
let store: S3Store;

beforeAll(async () => {
  server = await startVersitygw();
  store = new S3Store({ bucket: server.bucket, endpoint: server.endpoint, env: server.env });
});
afterAll(async () => {
  await store.close();
  await server.stop();
});

async function land(name: string, body: Buffer): Promise<ArchiveRef> {
  const { bucket, endpoint, env } = server;
  const partner = createS3Client({ endpoint, env });
  const key = `landing/acme/2026-01-31/${name}`;
  await partner.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  partner.destroy();
  const { etag, bytes } = (await store.head(key))!;
  return { source: 'main', key, etag, bytes };
}

function extract(archive: ArchiveRef): Promise<Manifest> {
  return extractArchive({ store, layout, archive, rules: rulesFrom(), rulesId });
}

/** 20 MiB of rows: more than two parts. */
function largeArchive(): Buffer {
  const rows = Array.from({ length: 300_000 }, (_, i) => `${i},${'x'.repeat(60 + (i % 9))}`).join('\n');
  return gzipSync(
    tar(tarFile('t_20260131_1.csv', `id,text\n${rows}\n`), tarFile('u_20260131_1.csv', 'a\n1\n')),
    {
      level: 1,
    },
  );
}

describe('extraction on S3', () => {
  it('writes segments in parts; a repeat after a crash before the manifest finds them and agrees', async () => {
    const archive = await land('large.tar.gz', largeArchive());
    const first = await extract(archive);
    expect(first.objects[0]!.bytes).toBeGreaterThan(16 * 1024 * 1024);
    await store.delete(layout.manifest(archiveId(archive), rulesId));
    expect(await extract(archive)).toEqual(first);
    const uploads: unknown[] = [];
    for await (const upload of store.listUploads('')) uploads.push(upload);
    expect(uploads).toEqual([]);
    const { range } = first.members[1]!;
    const key = layout.segment(first.archiveId, rulesId, first.objects[range!.object]!.name);
    const bytes = await store.getBytes(key, { range: { offset: range!.offset, length: range!.bytes } });
    expect(bytes.toString()).toBe('1\n');
  });

  it('keeps a small archive in one object, and reads a committed one no more', async () => {
    const archive = await land('small.tar.gz', gzipSync(tar(tarFile('t_20260131_1.csv', 'id\n1\n2'))));
    const first = await extract(archive);
    expect(first).toMatchObject({ outcome: 'whole', objects: [{ bytes: 4 }] });
    await store.delete(archive.key);
    expect(await extract(archive)).toEqual(first);
  });

  it('takes a bit that fell over in the network for no fault of the archive', async () => {
    const archive = await land('shaken.tar.gz', gzipSync(tar(tarFile('t_20260131_1.csv', 'id\n1\n2'))));
    const proxy = await startFaultyProxy(server.endpoint);
    const { bucket, env } = server;
    const shaken = new S3Store({ bucket, endpoint: proxy.endpoint, env });
    try {
      let bodies = 0;
      proxy.fault = ({ method, url }) =>
        method === 'GET' && url.includes('shaken.tar.gz') && ++bodies === 1 ? { flipAt: 0.5 } : undefined;
      const task = { store: shaken, layout, archive, rules: rulesFrom(), rulesId };
      await expect(extractArchive(task)).rejects.toMatchObject({ name: 'DamagedBodyError', transient: true });
      expect(bodies).toBe(2);
      expect(await extractArchive(task)).toMatchObject({ outcome: 'whole', findings: [] });
    } finally {
      await shaken.close();
      await proxy.stop();
    }
  });
});
