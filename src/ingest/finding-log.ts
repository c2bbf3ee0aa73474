import type { Finding } from '../quality/finding.js';

/** Findings of one code and table kept in full; beyond that they are counted. */
const KEPT = 50;

/**
 * Collects findings in canonical order, bounded: of each kind the first ones are kept in full, then one more stands
 * for the rest, with their `count`. A day with a million bad members has a plan of ordinary size.
 */
export class FindingLog {
  readonly #kinds = new Map<string, { kept: Finding[]; more: number; last?: Finding }>();

  add(finding: Finding): void {
    const kind = `${finding.code}\0${finding.table ?? ''}\0${finding.severity}`;
    let entry = this.#kinds.get(kind);
    if (entry === undefined) {
      entry = { kept: [], more: 0 };
      this.#kinds.set(kind, entry);
    }
    if (entry.kept.length < KEPT) entry.kept.push(finding);
    else {
      entry.more += finding.count ?? 1;
      entry.last = finding;
    }
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
