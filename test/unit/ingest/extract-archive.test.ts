import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Rules, rulesSchema } from '../../../src/config/rules.js';
import { rulesId } from '../../../src/config/rules-id.js';
import { archiveId } from '../../../src/ingest/archive-ref.js';
import { extractArchive } from '../../../src/ingest/extract-archive.js';
import { PartnerDayLayout } from '../../../src/ingest/layout.js';
import { FileStore } from '../../../src/store/file/file-store.js';
import { tarFile, tarGz } from '../../support/tar-builder.js';

const layout = new PartnerDayLayout('acme', '2026-01-31');
const rules: Rules = rulesSchema.parse({ tables: {} });
const id = rulesId(rules);

let root: string;
let store: FileStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'extract-'));
  store = new FileStore({ root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function land(bytes: Buffer, name = 'a.tar.gz') {
  const key = `landing/acme/2026-01-31/${name}`;
  await mkdir(dirname(join(root, key)), { recursive: true });
  await writeFile(join(root, key), bytes);
  const info = await store.head(key);
  return { source: 'main', key, etag: info!.etag, bytes: info!.bytes };
}

describe('extractArchive', () => {
  it('turns members into canonical rows and says where they are', async () => {
    const archive = await land(
      tarGz(
        tarFile('./orders_20260131_1.csv', 'id,name\r\n1,a\r\n2,"b, c"'),
        tarFile('rooms_20260131_1.csv', 'room,beds\n7,2\n'),
        tarFile('orders_20260131_2.csv', '\ufeffid,name\n3,\n'),
      ),
    );
    const manifest = await extractArchive({ store, layout, archive, rules, rulesId: id });
    expect(manifest.outcome).toBe('whole');
    expect(manifest.findings).toEqual([]);
    expect(manifest.members.map((m) => [m.name, m.table, m.batch, m.rows, m.nulls, m.types])).toEqual([
      ['./orders_20260131_1.csv', 'orders', '1', 2, [0, 0], ['integer', 'text']],
      ['rooms_20260131_1.csv', 'rooms', '1', 1, [0, 0], ['integer', 'integer']],
      ['orders_20260131_2.csv', 'orders', '2', 1, [0, 1], ['integer', 'null']],
    ]);
    const [object] = manifest.objects;
    const rows = await store.getBytes(layout.segment(archiveId(archive), id, object!.name));
    const text = manifest.members.map(({ range }) =>
      rows.subarray(range!.offset, range!.offset + range!.bytes).toString(),
    );
    expect(text).toEqual(['1,a\n2,"b, c"\n', '7,2\n', '3,\n']);
  });
});
