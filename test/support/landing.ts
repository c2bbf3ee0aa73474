import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { type PackedMember, packArchive } from '../../src/archive/pack-archive.js';
import { seededRandom } from '../../src/demo/random.js';
import type { LandedArchive } from './independent-read.js';

export interface GeneratedLandingOptions {
  partner: string;
  /** `YYYY-MM-DD` */
  date: string;
  archives: number;
  /** Compressed size of one archive, about. Default 64 KiB. */
  archiveBytes?: number;
  /** Default `orders`, `room_rates`, `stays`. */
  tables?: readonly string[];
  /** Members of each table in each archive. Default 1. */
  membersPerTable?: number;
  /** In every such archive the columns of the first table stand in another order, and one more is there. Default: none. */
  driftEvery?: number;
  seed?: number;
}

export interface GeneratedLanding {
  archives: (LandedArchive & { bytes: number })[];
  members: number;
  /** Data rows per table. */
  rows: Record<string, number>;
}

/** Archives compressed at the same time. */
const AT_ONCE = 4;
/** Four times as fast as any level; the rows hold nothing that repeats anyway. */
const PACKING = { strategy: constants.Z_HUFFMAN_ONLY };
const COLUMNS = ['id', 'day', 'amount', 'flag', 'note', 'payload'] as const;
const NOTES = ['', 'plain', '"a, quoted"', '"says ""hi"""', '"two\nlines"', '한국어'];

/**
 * Lands archives of generated rows in a file store's directory, named by the default pattern
 * `{table}_{YYYYMMDD}_{batch}.csv`. The same options give the same bytes. Every row has an `id` no other row of its
 * table has, so that a lost or doubled row shows.
 */
export async function generateLanding(
  store: string,
  options: GeneratedLandingOptions,
): Promise<GeneratedLanding> {
  const { partner, date, archives, archiveBytes = 64 * 1024, membersPerTable = 1, driftEvery = 0 } = options;
  const tables = options.tables ?? ['orders', 'room_rates', 'stays'];
  const rows = new RowSource(options.seed ?? 1);
  const perMember = Math.max(
    1,
    Math.round(archiveBytes / (tables.length * membersPerTable * rows.packedBytes)),
  );
  const landing: GeneratedLanding = { archives: [], members: 0, rows: {} };
  const land = async (archive: number): Promise<GeneratedLanding['archives'][number]> => {
    const members: PackedMember[] = [];
    for (const table of tables) {
      for (let part = 0; part < membersPerTable; part++) {
        const batch = archive * membersPerTable + part;
        const drifted = driftEvery > 0 && table === tables[0] && archive % driftEvery === driftEvery - 1;
        const name = `${table}_${date.replaceAll('-', '')}_${String(batch + 1).padStart(5, '0')}.csv`;
        members.push({ name, content: rows.member(batch * perMember, perMember, drifted) });
        landing.rows[table] = (landing.rows[table] ?? 0) + perMember;
      }
    }
    landing.members += members.length;
    const key = `landing/${partner}/${date}/${partner}_${String(archive + 1).padStart(5, '0')}.tar.gz`;
    const path = join(store, key);
    const packed = await packArchive(members, new Date(`${date}T00:00:00Z`), PACKING);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, packed);
    return { key, path, bytes: packed.length };
  };
  for (let archive = 0; archive < archives; archive += AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(AT_ONCE, archives - archive) },
      (_, index) => archive + index,
    );
    landing.archives.push(...(await Promise.all(numbers.map(land))));
  }
  return landing;
}

/** Rows of about 800 bytes that compress little, so that an archive's size costs few rows. */
class RowSource {
  /** Of one row, compressed. */
  readonly packedBytes: number;
  readonly #payloads: string[];

  constructor(seed: number) {
    const random = seededRandom(seed);
    const payload = (): string =>
      Buffer.from(Array.from({ length: 576 }, () => random() * 256)).toString('base64');
    this.#payloads = Array.from({ length: 1021 }, payload);
    this.packedBytes = gzipSync(this.member(0, 500, false), PACKING).length / 500;
  }

  member(firstId: number, count: number, drifted: boolean): Buffer {
    const header = drifted ? ['extra', ...[...COLUMNS].reverse()] : COLUMNS;
    const lines = [header.join(',')];
    for (let id = firstId; id < firstId + count; id++) {
      const cells = [
        String(id),
        `2026-${String((id % 12) + 1).padStart(2, '0')}-${String((id % 28) + 1).padStart(2, '0')}`,
        `${(id * 7919) % 100_000}.${String(id % 100).padStart(2, '0')}`,
        id % 3 === 0 ? 'true' : 'false',
        NOTES[id % NOTES.length]!,
        this.#payloads[(id * 31) % this.#payloads.length]!,
      ];
      lines.push((drifted ? [`x${id}`, ...cells.reverse()] : cells).join(','));
    }
    return Buffer.from(`${lines.join('\n')}\n`);
  }
}
