import type { ExpectedRows } from './known-day.js';

/** What came out of a day. */
export interface FoundDay {
  readonly tables: ReadonlyMap<string, FoundTable>;
  /** Rows set aside, as `{table}/{id}`, as often as they were. */
  readonly quarantined: readonly string[];
}

export interface FoundTable {
  readonly rows: readonly { readonly id: string; readonly digest: string }[];
  readonly sha256: string;
}

/** Every row that went in must have come out once, in its table or among those set aside, and nothing else may. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Rows nobody sent, rows with other values, and good rows that were set aside. */
  readonly unexpected: readonly string[];
  /** Tables whose bytes are not those of the undisturbed run. */
  readonly differing: readonly string[];
}

/** `undisturbed`: SHA-256 of every table of a run without faults. */
export function checkDay(
  expected: ExpectedRows,
  found: FoundDay,
  undisturbed: Readonly<Record<string, string>>,
): Verdict {
  const tally = new Tally();
  for (const [table, rows] of expected.tables) {
    for (const [id, digest] of rows) tally.wentIn(`${table}/${id} ${digest}`);
  }
  for (const row of expected.quarantined) tally.wentIn(`quarantine ${row}`);
  for (const [table, { rows }] of found.tables) {
    for (const { id, digest } of rows) tally.cameOut(`${table}/${id} ${digest}`);
  }
  for (const row of found.quarantined) tally.cameOut(`quarantine ${row}`);
  const tables = new Set([...Object.keys(undisturbed), ...found.tables.keys()]);
  const differing = [...tables].filter((table) => found.tables.get(table)?.sha256 !== undisturbed[table]);
  return { ...tally.result(), differing: differing.sort() };
}

export function isSound(verdict: Verdict): boolean {
  return Object.values(verdict).every((problems) => problems.length === 0);
}

/** A queue of which nothing may get lost: what was put in comes out once. */
class Tally {
  readonly #left = new Map<string, number>();

  wentIn(row: string): void {
    this.#left.set(row, 1);
  }

  cameOut(row: string): void {
    const left = this.#left.get(row);
    // Nobody sent it: twice is as wrong as once.
    this.#left.set(row, left === undefined ? Number.NEGATIVE_INFINITY : left - 1);
  }

  result(): Pick<Verdict, 'lost' | 'doubled' | 'unexpected'> {
    const rows = [...this.#left];
    const those = (holds: (left: number) => boolean) =>
      rows.filter(([, left]) => holds(left)).map(([row]) => row);
    return {
      lost: those((left) => left === 1),
      doubled: those((left) => Number.isFinite(left) && left < 0),
      unexpected: those((left) => !Number.isFinite(left)),
    };
  }
}
