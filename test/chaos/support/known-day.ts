import { createHash } from 'node:crypto';
import { constants } from 'node:zlib';
import { type PackedMember, packArchive } from '../../../src/archive/pack-archive.js';
import { seededRandom } from '../../../src/demo/random.js';

/** Archives of which it is known, row by row, what must become of them. */
export interface KnownDay {
  readonly date: string;
  readonly archives: readonly KnownArchive[];
  readonly expected: ExpectedRows;
}

export interface KnownArchive {
  readonly name: string;
  readonly bytes: Buffer;
  /** Its rows, those to be set aside included, as `{table}/{id}`. */
  readonly rows: ReadonlySet<string>;
}

export interface ExpectedRows {
  /** Of every table the ids of its rows, with what identifies their content. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Rows that must be set aside, as `{table}/{id}`. */
  readonly quarantined: ReadonlySet<string>;
}

export interface KnownDayOptions {
  readonly date: string;
  readonly seed: number;
  /** Sound archives, besides one that is cut off and one that is another's copy. */
  readonly archives: number;
  readonly tables: readonly string[];
  /** Bytes of a member, about. */
  readonly memberBytes: number;
  /** In one archive the last table has a member of so many bytes. */
  readonly bigMemberBytes: number;
}

const COLUMNS = ['id', 'day', 'amount', 'flag', 'note', 'payload'] as const;
const NOTES = ['', 'plain', 'a, quoted', 'says "hi"', 'two\nlines', '한국어'];
const PAYLOAD_BYTES = 150;
const PACKING = { strategy: constants.Z_HUFFMAN_ONLY };
const CUT_AT = 0.9;

/** The same options give the same bytes. */
export async function knownDay(options: KnownDayOptions): Promise<KnownDay> {
  const day = new Generator(options);
  const sound = [];
  for (let archive = 0; archive < options.archives; archive++) sound.push(await day.archive(archive));
  const copied = sound[1]!;
  return {
    date: options.date,
    archives: [...sound, { ...copied, name: 'copy.tar.gz' }, await day.cutArchive()],
    expected: day.expected,
  };
}

/** What is expected when one archive cannot be read. */
export function without({ expected }: KnownDay, archive: KnownArchive): ExpectedRows {
  const tables = [...expected.tables].map(
    ([table, rows]) =>
      [table, new Map([...rows].filter(([id]) => !archive.rows.has(`${table}/${id}`)))] as const,
  );
  const quarantined = [...expected.quarantined].filter((row) => !archive.rows.has(row));
  return { tables: new Map(tables), quarantined: new Set(quarantined) };
}

/** What tells rows apart: their values by column, whatever the order of columns and whichever are empty. */
export function rowDigest(row: Readonly<Record<string, string>>): string {
  const values = Object.entries(row).filter(([, value]) => value !== '');
  return createHash('sha1').update(JSON.stringify(values.sort())).digest('base64').slice(0, 12);
}

class Generator {
  readonly #tables = new Map<string, Map<string, string>>();
  readonly #quarantined = new Set<string>();
  readonly #payloads: readonly string[];
  #nextId = 1;
  /** Of the archive that is being made. */
  #rows = new Set<string>();

  constructor(private readonly options: KnownDayOptions) {
    const random = seededRandom(options.seed);
    this.#payloads = Array.from({ length: 211 }, () =>
      Buffer.from(Array.from({ length: PAYLOAD_BYTES }, () => random() * 256)).toString('base64'),
    );
  }

  get expected(): ExpectedRows {
    return { tables: this.#tables, quarantined: this.#quarantined };
  }

  async archive(index: number): Promise<KnownArchive> {
    const { tables, memberBytes, bigMemberBytes } = this.options;
    const members = tables.map((table, position) => {
      const big = index === 2 && position === tables.length - 1;
      const kind =
        position === 0 && index % 3 === 2 ? 'drifted' : index % 4 === 1 ? 'with bad rows' : 'plain';
      return this.#member(table, index, big ? bigMemberBytes : memberBytes, kind);
    });
    return { name: `archive-${index}.tar.gz`, bytes: await this.#pack(members), rows: this.#takeRows() };
  }

  /** Whole members before the cut count; of the last, long one nothing does. */
  async cutArchive(): Promise<KnownArchive> {
    const { tables, memberBytes } = this.options;
    const [first, last] = [tables[0]!, tables.at(-1)!];
    const whole = this.#member(first, 900, memberBytes / 4, 'plain');
    const cut = this.#member(last, 901, memberBytes, 'never whole');
    const bytes = await this.#pack([whole, cut]);
    const rows = this.#takeRows();
    return { name: 'cut.tar.gz', bytes: bytes.subarray(0, Math.floor(bytes.length * CUT_AT)), rows };
  }

  #takeRows(): ReadonlySet<string> {
    const rows = this.#rows;
    this.#rows = new Set();
    return rows;
  }

  #pack(members: PackedMember[]): Promise<Buffer> {
    return packArchive(members, new Date(`${this.options.date}T00:00:00Z`), PACKING);
  }

  #member(
    table: string,
    batch: number,
    bytes: number,
    kind: 'plain' | 'drifted' | 'with bad rows' | 'never whole',
  ): PackedMember {
    const rows = this.#tables.get(table) ?? new Map<string, string>();
    this.#tables.set(table, rows);
    const columns = kind === 'drifted' ? ['extra', ...[...COLUMNS].reverse()] : [...COLUMNS];
    const lines = [Buffer.from(`${columns.join(',')}\n`)];
    for (let size = 0, line = 1; size < bytes; line++) {
      const row = this.#row(kind === 'drifted');
      this.#rows.add(`${table}/${row.id}`);
      let text = columns.map((column) => quoted(row[column]!)).join(',');
      if (kind === 'with bad rows' && line % 50 === 0) {
        text = this.#broken(text, line / 50);
        this.#quarantined.add(`${table}/${row.id}`);
      } else if (kind !== 'never whole') {
        rows.set(row.id!, rowDigest(row));
      }
      const bytesOfRow = Buffer.from(`${text}\n`, text.includes('\u00e9') ? 'latin1' : 'utf8');
      lines.push(bytesOfRow);
      size += bytesOfRow.length;
    }
    const name = `${table}_${this.options.date.replaceAll('-', '')}_${String(batch).padStart(5, '0')}.csv`;
    return { name, content: Buffer.concat(lines) };
  }

  /** A field more, a field less, or a byte that is not UTF-8. */
  #broken(text: string, turn: number): string {
    if (turn % 3 === 0) return `${text},more`;
    if (turn % 3 === 1) return text.slice(0, text.lastIndexOf(','));
    // Written as Latin-1, in which no note of these rows is anything but ASCII.
    return `${text.replace(/[^\x20-\x7e]/g, '?')}\u00e9`;
  }

  #row(drifted: boolean): Record<string, string> {
    const id = this.#nextId++;
    return {
      id: String(id),
      day: `2026-${String((id % 12) + 1).padStart(2, '0')}-${String((id % 28) + 1).padStart(2, '0')}`,
      amount: `${(id * 7919) % 100_000}.${String(id % 100).padStart(2, '0')}`,
      flag: id % 3 === 0 ? 'true' : 'false',
      note: NOTES[id % NOTES.length]!,
      payload: this.#payloads[id % this.#payloads.length]!,
      ...(drifted ? { extra: `x${id}` } : {}),
    };
  }
}

function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
