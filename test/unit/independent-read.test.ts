import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive } from '../../src/archive/pack-archive.js';
import { loadProject } from '../../src/config/load-project.js';
import { type PartnerConfig, partnerConfigSchema } from '../../src/config/partner-config.js';
import { buildDemo } from '../../src/demo/build-demo.js';
import type { DemoPlan } from '../../src/demo/demo-plan.js';
import { readSourceTable } from '../../src/demo/source-tables.js';
import { type IndependentReading, landedArchives, readIndependently } from '../support/independent-read.js';
import { generateLanding } from '../support/landing.js';

const DATE = '2026-03-02';
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'independent-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('the independent reading', () => {
  /** Two archives, handed over in the wrong order; the later one has other columns, and a member twice. */
  async function compare(published: string): Promise<IndependentReading> {
    const member = (batch: number, content: string) => ({
      name: `stays_20260302_${batch}.csv`,
      content: Buffer.from(content),
    });
    const mtime = new Date(0);
    const first = await packArchive([member(1, 'id,note\r\n1,"a, b"\r\n2,NULL\r\n')], mtime);
    const second = await packArchive(
      [
        member(2, '\ufeffextra,ident\nx,3\n'),
        member(2, '\ufeffextra,ident\nx,3\n'),
        member(3, 'id,note\n4\n5,"l\n6"'),
      ],
      mtime,
    );
    const archives = [
      { key: 'landing/p/b.tar.gz', path: join(dir, 'b.tar.gz') },
      { key: 'landing/p/a.tar.gz', path: join(dir, 'a.tar.gz') },
    ];
    await writeFile(archives[1]!.path, first);
    await writeFile(archives[0]!.path, second);
    await writeFile(join(dir, 'stays.csv'), published);
    return readIndependently({
      archives,
      date: DATE,
      config: config({ dialect: { nullTokens: ['NULL'] }, tables: { stays: { aliases: { ident: 'id' } } } }),
      published: { stays: join(dir, 'stays.csv') },
    });
  }

  it('finds a published table equal to its archives, in columns of any order', async () => {
    const reading = await compare('note,extra,id\n"a, b",,1\nNULL,,2\n,x,3\n"l\n6",,5\n');
    expect(reading.archives.map(({ key, members }) => [key, members])).toEqual([
      ['landing/p/a.tar.gz', 1],
      ['landing/p/b.tar.gz', 3],
    ]);
    expect(reading.duplicates).toBe(1);
    expect(reading.tables.stays).toMatchObject({
      columns: ['id', 'note', 'extra'],
      files: 3,
      rows: 4,
      rowsRejected: 1,
      headerConsistent: false,
      missingFields: ['note', 'extra'],
      nullCells: 5,
      difference: null,
    });
  });

  it.each([
    ['another value', 'id,note,extra\n1,"a, b",\n2,NULL,\n3,,y\n5,"l\n6",\n', /^row 3 .*'x'/],
    ['a lost row', 'id,note,extra\n1,"a, b",\n3,,x\n5,"l\n6",\n', /^row 2 /],
    ['a lost last row', 'id,note,extra\n1,"a, b",\n2,NULL,\n3,,x\n', /^row 4 .*published None/],
    ['a doubled row', 'id,note,extra\n1,"a, b",\n2,NULL,\n3,,x\n5,"l\n6",\n5,"l\n6",\n', /^1 rows after/],
    ['swapped rows', 'id,note,extra\n2,NULL,\n1,"a, b",\n3,,x\n5,"l\n6",\n', /^row 1 /],
    ['a lost empty column', 'id,extra\n1,\n2,\n3,x\n5,\n', /^columns: /],
  ])('finds %s', async (_what, published, difference) => {
    expect((await compare(published)).tables.stays?.difference).toMatch(difference);
  });
});

describe('the demo, read independently', () => {
  let plan: DemoPlan;
  let partners: Map<string, PartnerConfig>;
  beforeAll(async () => {
    plan = await buildDemo(join(dir, 'demo'));
    ({ partners } = await loadProject(plan.dir));
  });

  it('holds every row of its source tables, but for what is cut or missing', async () => {
    for (const partner of ['skyway', 'terra', 'nordwind']) {
      const readings = await Promise.all(
        plan.dates.map(async (date) =>
          readIndependently({
            archives: await landedArchives(plan.store, partner, date),
            date,
            config: partners.get(partner)!,
          }),
        ),
      );
      const rows = (table: string) => readings.map((reading) => reading.tables[table]?.rows ?? 0);
      expect(readings.flatMap(({ skipped }) => skipped)).toEqual([]);
      expect(readings.map(({ duplicates }) => duplicates)).toEqual([0, 0]);
      const tables = plan.partners.find(({ id }) => id === partner)!.tables;
      expect(readings.map((reading) => Object.keys(reading.tables).sort())).toEqual([tables, tables]);
      if (partner === 'nordwind') {
        expect(rows('gapminder').reduce((a, b) => a + b)).toBe(
          (await readSourceTable('gapminder-health-income')).rows.length,
        );
        expect(readings[1]!.tables.seattle_weather).toMatchObject({
          headerConsistent: true,
          missingFields: [],
        });
      }
      const cut = readings[1]!.archives.filter(({ outcome }) => outcome !== 'whole');
      expect(cut.map(({ outcome, members }) => [outcome, members > 0])).toEqual(
        partner === 'terra' ? [['cut', true]] : [],
      );
      if (partner === 'skyway') {
        expect(readings[0]!.tables.birdstrikes).toMatchObject({
          headerConsistent: false,
          missingFields: ['Cost Other', 'Flight Year', 'Flight Month'],
          rows: (await readSourceTable('birdstrikes')).rows.length / 2,
        });
      }
    }
  });
});

describe('generated landings', () => {
  it('hold the promised members and rows, quoting and drift included, in the promised size', async () => {
    const store = join(dir, 'generated');
    const options = {
      partner: 'acme',
      date: DATE,
      archives: 8,
      archiveBytes: 256 * 1024,
      membersPerTable: 2,
      driftEvery: 3,
    };
    const landing = await generateLanding(store, options);
    expect(landing.members).toBe(8 * 3 * 2);
    for (const { bytes } of landing.archives) {
      expect(Math.abs(bytes - options.archiveBytes)).toBeLessThan(options.archiveBytes / 10);
    }
    const reading = await readIndependently({
      archives: await landedArchives(store, 'acme', DATE),
      date: DATE,
      config: config({}),
    });
    const rows = Object.entries(reading.tables).map(([table, each]) => [table, each.rows]);
    expect(Object.fromEntries(rows)).toEqual(landing.rows);
    expect(reading.tables.orders).toMatchObject({
      headerConsistent: false,
      missingFields: ['extra'],
      rowsRejected: 0,
    });
    expect(reading.tables.stays).toMatchObject({ headerConsistent: true, files: 16 });

    const hashes = () =>
      Promise.all(
        landing.archives.map(async ({ path }) =>
          createHash('sha256')
            .update(await readFile(path))
            .digest('hex'),
        ),
      );
    const before = await hashes();
    await generateLanding(store, options);
    expect(await hashes()).toEqual(before);
    expect(gunzipSync(await readFile(landing.archives[2]!.path)).includes('extra,payload,note')).toBe(true);
  });
});

function config(part: object): PartnerConfig {
  return partnerConfigSchema.parse({ id: 'acme', ...part });
}
