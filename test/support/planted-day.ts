import { rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalDay } from './local-day.js';
import { tarFile, tarGz } from './tar-builder.js';

type Row = Record<string, string>;

/** One member: rows as text, or its very bytes. */
export interface PlantedMember {
  header: string[];
  rows: Row[];
  bytes?: Buffer;
}

/** A day as a partner would make it, before anything is planted in it: two tables in every archive. */
export class PlantedDay {
  /** By name of archive, then of member. */
  readonly archives = new Map<string, Map<string, PlantedMember>>();
  /** Archives that are announced, by name. Absent: none are, the source just says that it is complete. */
  announced: string[] | undefined;
  announcedCount: number | undefined;
  sealed = false;
  /** Minutes after the opening of the day at which the last archive lands. */
  arrival = 60;
  /** Archives that land as these bytes. */
  readonly damaged = new Map<string, Buffer>();

  private constructor(readonly date: string) {}

  /** `archives` archives; of each table `rows` rows in all, dealt out evenly. */
  static make(date: string, { archives = 20, orders = 100, guests = 100, seed = 1 } = {}): PlantedDay {
    const day = new PlantedDay(date);
    const draw = new Draw(seed);
    for (let n = 0; n < archives; n++) {
      const name = archiveName(n);
      const share = (rows: number) =>
        Math.floor(((n + 1) * rows) / archives) - Math.floor((n * rows) / archives);
      const first = (rows: number) => Math.floor((n * rows) / archives);
      day.archives.set(
        name,
        new Map([
          [
            memberName('orders', date, n),
            {
              header: ['id', 'guest', 'amount', 'ordered', 'note'],
              rows: Array.from({ length: share(orders) }, (_, k) =>
                order(first(orders) + k, guests, date, draw),
              ),
            },
          ],
          [
            memberName('guests', date, n),
            {
              header: ['id', 'name', 'country'],
              rows: Array.from({ length: share(guests) }, (_, k) => guest(first(guests) + k, draw)),
            },
          ],
        ]),
      );
    }
    day.announced = [...day.archives.keys()];
    return day;
  }

  members(table: string): PlantedMember[] {
    return [...this.archives.values()].flatMap((members) =>
      [...members].filter(([name]) => name.startsWith(`${table}_`)).map(([, member]) => member),
    );
  }

  member(table: string, n: number): PlantedMember {
    return this.archives.get(archiveName(n))!.get(memberName(table, this.date, n))!;
  }

  rows(table: string): Row[] {
    return this.members(table).flatMap(({ rows }) => rows);
  }

  /** Empties a column in the first so many rows; the others keep, or get, a value. */
  nulls(table: string, column: string, count: number): void {
    for (const [index, row] of this.rows(table).entries()) {
      if (index < count) row[column] = '';
      else if (row[column] === '') row[column] = 'x';
    }
  }

  /** Lands everything and runs the day. */
  async run(local: LocalDay): Promise<void> {
    const at = new Date(Date.parse(`${this.date}T00:00:00Z`) + 86_400_000 + this.arrival * 60_000);
    const names = new Set([...this.archives.keys(), ...this.damaged.keys()]);
    for (const name of names) {
      const bytes = this.damaged.get(name) ?? this.archiveBytes(name);
      await local.land(name, bytes);
      await utimes(join(local.root, local.key(name)), at, at);
    }
    local.said = {
      completedBy: this.sealed ? 'sealed' : this.announced ? 'manifest' : 'signal',
      ...(this.announced ? { announced: this.announced.map((name) => ({ key: local.key(name) })) } : {}),
      ...(this.announcedCount === undefined ? {} : { announcedCount: this.announcedCount }),
    };
    await local.run();
  }

  archiveBytes(name: string): Buffer {
    const members = [...this.archives.get(name)!];
    return tarGz(...members.map(([member, content]) => tarFile(member, bytesOf(content))));
  }
}

export function archiveName(n: number): string {
  return `part-${String(n).padStart(2, '0')}.tar.gz`;
}

export function memberName(table: string, date: string, n: number): string {
  return `${table}_${date.replaceAll('-', '')}_${n}.csv`;
}

function order(n: number, guests: number, date: string, draw: Draw): Row {
  return {
    id: String(n),
    guest: String(n % guests),
    amount: (draw.below(100_000) / 100).toFixed(2),
    ordered: date,
    // Every tenth has none, and some need quotes.
    note: n % 10 === 0 ? '' : draw.pick(['plain', 'two\nlines', 'a,b', '"quoted"', 'ünï']),
  };
}

function guest(n: number, draw: Draw): Row {
  return { id: String(n), name: `guest ${n}`, country: draw.pick(['KR', 'JP', 'DE', 'US']) };
}

function bytesOf({ header, rows, bytes }: PlantedMember): Buffer {
  if (bytes !== undefined) return bytes;
  const lines = [header, ...rows.map((row) => header.map((column) => row[column] ?? ''))];
  return Buffer.from(lines.map((fields) => `${fields.map(field).join(',')}\n`).join(''));
}

function field(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Forgets a day, whatever became of it: the days before it stay as they are. */
export async function forgetDay(root: string, partner: string, date: string): Promise<void> {
  const paths = [
    join(root, partner, date),
    join(root, 'landing', partner, date),
    ...['orders', 'guests'].map((table) => join(root, partner, 'registry', table, `${date}.json`)),
  ];
  for (const path of paths) await rm(path, { recursive: true, force: true });
}

/** A linear congruential generator. */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0;
  }

  below(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * count);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}
