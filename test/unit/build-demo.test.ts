import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject } from '../../src/config/load-project.js';
import { buildDemo, resetDemo } from '../../src/demo/build-demo.js';
import type { DemoPlan, Planted } from '../../src/demo/demo-plan.js';
import { readSourceTable } from '../../src/demo/source-tables.js';

import { StoreWriteError } from '../../src/store/errors.js';
import { FileStore } from '../../src/store/file/file-store.js';

let dir: string;
let plan: DemoPlan;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'demo-'));
  plan = await buildDemo(join(dir, 'one'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('the demo', () => {
  it('has at least 8 tables, 3 partners, 2 dates and 40 archives a partner-day, of several members each', async () => {
    const tables = new Set(plan.partners.flatMap((partner) => partner.tables));
    expect(tables.size).toBeGreaterThanOrEqual(8);
    expect(plan.partners).toHaveLength(3);
    for (const partner of plan.partners) {
      expect(partner.tables.length).toBeGreaterThanOrEqual(4);
      expect(partner.days.map(({ date }) => date)).toEqual(plan.dates);
      for (const day of partner.days) {
        expect(day.archives).toBeGreaterThanOrEqual(40);
        const landed = await archivesOf(partner.id, day.date);
        expect(landed).toHaveLength(day.archives);
        for (const archive of landed) {
          const tables = membersOf(await archive.read()).map(
            ({ name }) => /^[a-z0-9]+(_[a-z]+)*/.exec(name)?.[0],
          );
          expect(new Set(tables).size, archive.name).toBeGreaterThanOrEqual(2);
        }
      }
    }
  });

  it('writes configurations that load without a problem', async () => {
    const project = await loadProject(plan.dir);
    expect(project.problems).toEqual([]);
    expect([...project.partners.keys()].sort()).toEqual(plan.partners.map(({ id }) => id).sort());
    expect(project.settings.store).toBe(plan.storeUrl);
    expect(project.partners.get('terra')?.policies.requeue).toEqual({ rounds: 3, delay: 2_000 });
  });

  it('writes the same bytes into another directory', async () => {
    const other = await buildDemo(join(dir, 'two'));
    expect(await hashes(join(other.store, 'landing'))).toEqual(await hashes(join(plan.store, 'landing')));
  });

  it('leaves a demo alone that is already there, and mends one that is not whole', async () => {
    const again = join(dir, 'again');
    const first = await buildDemo(again);
    const archive = (await archivesIn(first.store, 'terra', plan.dates[0]!))[3]!;
    const before = await stat(archive.path);
    const second = await buildDemo(again);
    expect([first.built, second.built]).toEqual([true, false]);
    expect({ ...second, built: true }).toEqual(first);
    expect((await stat(archive.path)).mtimeMs).toBe(before.mtimeMs);

    await rm(archive.path);
    expect((await buildDemo(again)).built).toBe(true);
    expect((await stat(archive.path)).size).toBe(before.size);
  });

  it('refuses a directory that holds something else', async () => {
    await writeFile(join(dir, 'partnerday.yaml'), '');
    await expect(buildDemo(dir)).rejects.toThrow(/choose another directory/);
  });

  it('deals every row of a source table once', async () => {
    const landed: string[] = [];
    for (const date of plan.dates) {
      for (const archive of await archivesOf('terra', date)) {
        if (archive.key === planted('cut').where) continue;
        for (const { name, content } of membersOf(await archive.read())) {
          if (name.startsWith('hourly_normals-')) landed.push(...parse(content).slice(1).map(String));
        }
      }
    }
    const source = (await readSourceTable('seattle-weather-hourly-normals')).rows.map(String);
    expect(new Set(landed).size).toBe(landed.length);
    const known = new Set(source);
    expect(landed.filter((row) => !known.has(row))).toEqual([]);
    expect(source.length - landed.length).toBeLessThan(source.length / plan.dates.length / 40);
  });
});

describe('planted in the demo', () => {
  it('columns added, removed and reordered within one day', async () => {
    const { partner, date } = planted('drift');
    const headers: string[][] = [];
    for (const archive of await archivesOf(partner, date)) {
      for (const { name, content } of membersOf(await archive.read())) {
        if (name.startsWith('birdstrikes_')) headers.push(parse(content, { to: 1 })[0] as string[]);
      }
    }
    const first = headers[0]!;
    const last = headers.at(-1)!;
    expect(new Set(headers.map(String)).size).toBe(4);
    expect(last.filter((column) => !first.includes(column))).toEqual(['Flight Year', 'Flight Month']);
    expect(first.filter((column) => !last.includes(column))).toEqual(['Cost Other']);
    expect(last.indexOf('Flight Date')).toBeLessThan(last.indexOf('Airport Name'));
    expect(first.indexOf('Flight Date')).toBeGreaterThan(first.indexOf('Airport Name'));
  });

  it('an archive cut in the middle of a member, after whole ones', async () => {
    const bytes = await readFile(join(plan.store, planted('cut').where));
    expect(() => gunzipSync(bytes)).toThrow(/unexpected end/);
    const tar = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    const members = membersOf(tar);
    const last = members.pop()!;
    expect(members.length).toBeGreaterThanOrEqual(1);
    for (const { content, size } of members) expect(content.length).toBe(size);
    // Well inside the data: no reader can take the member for a whole one, or for none.
    expect(last.content.length).toBeGreaterThan(512);
    expect(last.size - last.content.length).toBeGreaterThan(512);
  });

  it('an archive that is announced and missing', async () => {
    const { partner, date, where } = planted('missing');
    const day = plan.partners.find(({ id }) => id === partner)!.days.find((each) => each.date === date)!;
    if (day.completion.by !== 'manifest') throw new Error(`${partner} announces nothing`);
    const manifest = JSON.parse(await readFile(join(plan.store, day.completion.key), 'utf8')) as {
      archives: { name: string; bytes: number }[];
    };
    const landed = await archivesOf(partner, date);
    const absent = manifest.archives.filter(({ name }) => !landed.some((archive) => archive.name === name));
    expect(absent.map(({ name }) => where.endsWith(`/${name}`))).toEqual([true]);
    for (const { name, path } of landed) {
      expect((await stat(path)).size).toBe(manifest.archives.find((each) => each.name === name)?.bytes);
    }
  });

  it('a directory where one table should be written: transient by either way of writing, until it is removed', async () => {
    const { where, fix } = planted('unwritable');
    const store = new FileStore({ root: plan.store });
    const put = () => store.put(where, Buffer.from('id\n'), { ifNoneMatch: '*' });
    const upload = async () => {
      const upload = await store.createUpload(where);
      const part = await store.uploadPart(upload, 1, Buffer.from('id\n'));
      return store.completeUpload(upload, [part], { ifNoneMatch: '*' });
    };
    expect(await store.head(where)).toBeUndefined();
    for (const write of [put, upload, put]) {
      await expect(write()).rejects.toThrow(StoreWriteError);
      await expect(write()).rejects.toMatchObject({ transient: true });
    }
    await rmdir(fix!.removeDirectory);
    expect(await put()).toMatchObject({ key: where, bytes: 3 });
    await store.close();
    await resetDemo(plan);
  });

  it('the same directory again, and nothing that was written, after a reset', async () => {
    const { where, fix } = planted('unwritable');
    expect(fix?.removeDirectory).toBe(join(plan.store, where));
    expect(await readdir(fix!.removeDirectory)).toEqual([]);
    const published = join(plan.store, 'skyway', plan.dates[0]!, 'published.json');
    await mkdir(dirname(published), { recursive: true });
    await writeFile(published, '{}');
    await rmdir(fix!.removeDirectory);
    await resetDemo(plan);
    expect(existsSync(published)).toBe(false);
    expect((await buildDemo(plan.dir)).built).toBe(false);
    expect(await readdir(fix!.removeDirectory)).toEqual([]);
  });

  it('a value that breaks the contract of its table, in one batch', async () => {
    const { partner, date, table } = planted('contract');
    const project = await loadProject(plan.dir);
    const rules = project.partners.get(partner)!.tables[table!]!;
    expect([rules.types.population, rules.contract?.types]).toEqual(['integer', 'freeze']);
    const bad: string[] = [];
    for (const archive of await archivesOf(partner, date)) {
      for (const { name, content } of membersOf(await archive.read())) {
        if (!name.startsWith(`${table}_`)) continue;
        const rows: Record<string, string>[] = parse(content, {
          delimiter: ';',
          columns: true,
          bom: true,
          encoding: 'utf16le',
        });
        if (rows.some((row) => !/^\d+$/.test(row.population!))) bad.push(name);
      }
    }
    expect(bad).toHaveLength(1);
  });
});

function planted(kind: Planted['kind']): Planted {
  return plan.planted.find((each) => each.kind === kind)!;
}

interface Landed {
  name: string;
  key: string;
  path: string;
  read(): Promise<Buffer>;
}

const archivesOf = (partner: string, date: string): Promise<Landed[]> =>
  archivesIn(plan.store, partner, date);

async function archivesIn(store: string, partner: string, date: string): Promise<Landed[]> {
  const names = (await readdir(join(store, 'landing', partner, date))).filter((name) =>
    name.endsWith('.tar.gz'),
  );
  return names.sort().map((name) => {
    const key = `landing/${partner}/${date}/${name}`;
    const path = join(store, key);
    return {
      name,
      key,
      path,
      read: async () => gunzipSync(await readFile(path), { finishFlush: constants.Z_SYNC_FLUSH }),
    };
  });
}

interface RawMember {
  name: string;
  size: number;
  /** Shorter than `size` in a cut archive. */
  content: Buffer;
}

/** Walks the 512-byte blocks by hand. */
function membersOf(tar: Buffer): RawMember[] {
  const members: RawMember[] = [];
  for (let offset = 0; offset + 512 <= tar.length && tar[offset] !== 0; ) {
    const name = tar.toString('latin1', offset, tar.indexOf(0, offset));
    const size = Number.parseInt(tar.toString('latin1', offset + 124, offset + 135), 8);
    members.push({ name, size, content: tar.subarray(offset + 512, offset + 512 + size) });
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return members;
}

async function hashes(root: string): Promise<Record<string, string>> {
  const names = await readdir(root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.sort().map(async (path): Promise<[string, string]> => {
    return [
      path.slice(root.length),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ];
  });
  return Object.fromEntries(await Promise.all(pairs));
}
