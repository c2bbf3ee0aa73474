import type { Finding } from '../quality/finding.js';

/** Findings of one code and table kept in full; beyond that they are counted. */
const KEPT = 50;
/** Kept in full altogether. Beyond that findings of new kinds are counted by code alone. */
const KEPT_IN_ALL = 20_000;

/**
 * Collects findings in canonical order, bounded: of each kind the first ones are kept in full, then one more stands
 * for the rest, with their `count`. A day with a million bad members has a plan of ordinary size.
 */
export class FindingLog {
  readonly #kinds = new Map<string, { kept: Finding[]; more: number; last?: Finding }>();
  #kept = 0;

  add(finding: Finding): void {
    const { code, severity, table = '' } = finding;
    let kind = `${code}\0${table}\0${severity}`;
    if (this.#kept >= KEPT_IN_ALL && !this.#kinds.has(kind)) kind = `${code}\0\0${severity}`;
    let entry = this.#kinds.get(kind);
    if (entry === undefined) {
      entry = { kept: [], more: 0 };
      this.#kinds.set(kind, entry);
    }
    if (entry.kept.length < KEPT && this.#kept < KEPT_IN_ALL) {
      entry.kept.push(finding);
      this.#kept++;
      return;
    }
    entry.more += finding.count ?? 1;
    if (entry.last !== undefined && entry.last.table !== table) {
      const { table: _, ...ofAllTables } = finding;
      entry.last = ofAllTables;
    } else entry.last = finding;
  }

  findings(): Finding[] {
    return [...this.#kinds.values()].flatMap(({ kept, more, last }) =>
      last === undefined ? kept : [...kept, theRest(last, more)],
    );
  }
}

function theRest(last: Finding, count: number): Finding {
  return {
    code: last.code,
    severity: last.severity,
    detail: `and ${count} more like these`,
    count,
    ...(last.table === undefined ? {} : { table: last.table }),
  };
}
