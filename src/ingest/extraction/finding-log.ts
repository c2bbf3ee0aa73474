import { z } from 'zod';
import { type Finding, findingSchema } from '../../quality/finding.js';

/** Findings of one code and table kept in full; beyond that they are counted. */
const KEPT = 50;
/** Kept in full altogether. Beyond that findings of new kinds are counted by code alone. */
const KEPT_IN_ALL = 20_000;

/** Kept in full of each kind for later versions: some of the first ones may have gone by then. */
const RESERVED = 4 * KEPT;

/** How many findings of one kind there are. */
export const countedSchema = z.object({
  ...findingSchema.pick({ code: true, severity: true, table: true }).shape,
  count: z.number().int().positive(),
});
export type Counted = z.infer<typeof countedSchema>;

/** Findings, and how many more of each kind there were. */
export interface Findings {
  findings: Finding[];
  more: Counted[];
}

/** Decides, in canonical order, which findings are stored in full for later versions, and which are counted. */
export class FindingReserve {
  readonly #kept = new Map<string, number>();

  take({ findings, more }: Findings): Findings {
    const full: Finding[] = [];
    const counted = new Map(more.map((item) => [kindOf(item), { ...item }]));
    for (const finding of findings) {
      const kind = kindOf(finding);
      const kept = this.#kept.get(kind) ?? 0;
      if (kept < RESERVED) {
        this.#kept.set(kind, kept + 1);
        full.push(finding);
        continue;
      }
      const { code, severity, table, count = 1 } = finding;
      const entry = counted.get(kind);
      if (entry !== undefined) entry.count += count;
      else counted.set(kind, { code, severity, ...(table === undefined ? {} : { table }), count });
    }
    return { findings: full, more: [...counted.values()] };
  }
}

function kindOf({ code, severity, table = '' }: Pick<Finding, 'code' | 'severity' | 'table'>): string {
  return `${code}\0${table}\0${severity}`;
}

/**
 * Collects findings in canonical order, bounded: of each kind the first ones are kept in full, then one more stands
 * for the rest, with their `count`. A day with a million bad members has a plan of ordinary size.
 */
export class FindingLog {
  readonly #kinds = new Map<string, { kept: Finding[]; more: number; last?: Finding }>();
  #kept = 0;

  add(finding: Finding): void {
    const { code, severity, table = '' } = finding;
    let kind = kindOf(finding);
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

  /** Adds findings of which only the number is known. @returns whether that is enough: no room is left for them in full */
  count(counted: Counted): boolean {
    const entry = this.#kinds.get(kindOf(counted));
    if (entry === undefined || entry.kept.length < KEPT || this.#kept >= KEPT_IN_ALL) return false;
    entry.more += counted.count;
    entry.last = entry.kept.at(-1)!;
    return true;
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
