import type { Finding } from '../../quality/finding.js';
import { crc32 } from '../../store/crc32.js';
import { compareUtf8 } from '../../store/utf8-order.js';
import type { ArchiveRef } from '../archive-ref.js';
import { type ArchiveIndex, planningRules } from './archive-index.js';
import type { FoldInput } from './fold-table.js';
import type { Plan, PlanTable, TableOutline, TableReuse } from './plan.js';
import type { AnnouncedArchive, PlanFacts } from './plan-input.js';
import type { PlanWalk } from './plan-walk.js';
import type { FoldedTable } from './table-fold.js';
import { expectationOf, isConfigured } from './table-rules.js';

/** A table of the version to come. */
export interface PlannedTable {
  readonly table: string;
  /** It came out as an earlier version made it. */
  readonly carried?: PlanTable | undefined;
  /** It was folded for this version. */
  readonly folded?: FoldedTable | undefined;
  /** It was folded, and is written. */
  readonly outline?: TableOutline | undefined;
  /** Where it was not: the version that wrote its shares. */
  readonly shares?: number | undefined;
  readonly reuse?: TableReuse | undefined;
}

/** What a version consists of, before it has a number. */
export class PlannedDay {
  /** In UTF-8 byte order of name. */
  readonly tables: readonly PlannedTable[];
  readonly #content: Omit<Plan, 'version' | 'tables' | 'index'>;

  constructor(
    private readonly facts: PlanFacts,
    readonly walk: PlanWalk,
    tables: readonly PlannedTable[],
    arrivals: Plan['arrivals'],
  ) {
    this.tables = [...tables].sort((a, b) => compareUtf8(a.table, b.table));
    const { partner, date, configKey, verdict } = facts;
    const { log } = walk;
    if (arrivals.unnamed > 0) {
      const detail = `${arrivals.unnamed} archives were announced by number and have not landed`;
      log.add({ code: 'archive-missing', severity: 'error', detail, count: arrivals.unnamed });
    }
    for (const finding of this.#absentTables()) log.add(finding);
    const { read: seen, ...members } = walk.tally('members');
    this.#content = {
      format: 1,
      partner,
      date,
      configKey,
      verdict,
      archives: walk.archives,
      arrivals,
      members: { seen, ...members },
      rows: walk.tally('rows'),
      findings: log.findings(),
    };
  }

  plan(version: number): Plan {
    const tables = this.tables.map(({ table, carried }) => carried ?? { table, version });
    return { ...this.#content, version, tables, index: version };
  }

  /** What is to be known of version n when the next one is planned. */
  index(version: number): ArchiveIndex {
    const shares = new Map(this.tables.map((planned) => [planned.table, planned.shares]));
    const { tables, tableSets, records, members } = this.walk;
    return {
      format: 1,
      planningRules: planningRules(this.facts.config),
      tables: tables.map((table) => ({ table, version: shares.get(table) ?? version })),
      tableSets,
      membersCrc32: crc32(members.bytes()),
      archives: records,
    };
  }

  #absentTables(): Finding[] {
    const { config, bases } = this.facts;
    const here = new Set(this.tables.map(({ table }) => table));
    const known = new Set([...Object.keys(config.tables), ...(bases?.keys() ?? [])]);
    return [...known]
      .filter((table) => !here.has(table))
      .sort(compareUtf8)
      .map((table) => ({
        code: 'table-without-members',
        severity: 'warning',
        table,
        detail: 'has no member in any archive of the day',
      }));
  }
}

/** What a table is folded from, but for its earlier shares. */
export function foldInput(facts: PlanFacts, walk: PlanWalk, table: string): FoldInput {
  const { config, bases, brokenBases } = facts;
  const broken = brokenBases?.get(table);
  const refusals: { reason: string; code?: 'schema-unreadable' }[] = [];
  if (broken !== undefined)
    refusals.push({ reason: `its schema history cannot be read: ${broken}`, code: 'schema-unreadable' });
  if (!isConfigured(table, config) && config.contract.tables === 'freeze') {
    refusals.push({
      reason: 'the contract does not know this table; add it to `tables` or let `contract.tables` evolve',
    });
  }
  return {
    expectation: expectationOf(table, config, bases?.get(table)),
    refusals,
    parts: walk.parts.get(table),
    dropped: walk.dropped,
    archives: walk.placed,
  };
}

/** Counted from what arrived and not from what was decided about it. */
export function* countArrivals({
  announced = [],
  announcedCounts = new Map(),
  landed,
  previous,
}: PlanFacts): Generator<undefined, Plan['arrivals']> {
  const present = new Set<string>();
  const keys = new Set<string>();
  for (const { key, etag, bytes } of [...landed, ...(previous?.archives ?? [])]) {
    if (etag === undefined || bytes === undefined) continue;
    present.add(`${key}\0${etag}\0${bytes}`);
    keys.add(key);
    yield;
  }
  yield;
  const absent = new Set(announced.map(({ key }) => key).filter((key) => !keys.has(key)));
  yield;
  return {
    announced: new Set(announced.map(({ key }) => key)).size,
    landed: new Set(landed.map(({ key }) => key)).size,
    archives: present.size + absent.size,
    ...promised(announced, announcedCounts, landed),
  };
}

function promised(
  announced: readonly AnnouncedArchive[],
  counts: ReadonlyMap<string, number>,
  landed: readonly ArchiveRef[],
): { expected: number; unnamed: number } {
  const keysOf = (archives: readonly { source: string; key: string }[]) => {
    const sources = new Map<string, Set<string>>();
    for (const { source, key } of archives) {
      const keys = sources.get(source);
      if (keys === undefined) sources.set(source, new Set([key]));
      else keys.add(key);
    }
    return sources;
  };
  const [lists, here] = [keysOf(announced), keysOf(landed)];
  let [expected, unnamed] = [0, 0];
  for (const source of new Set([...lists.keys(), ...counts.keys(), ...here.keys()])) {
    const landedCount = here.get(source)?.size ?? 0;
    const listed = lists.get(source)?.size;
    const count = listed === undefined ? counts.get(source) : undefined;
    expected += listed ?? count ?? landedCount;
    unnamed += Math.max(0, (count ?? 0) - landedCount);
  }
  return { expected, unnamed };
}
