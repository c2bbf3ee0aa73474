import { atOnce } from '../turns.js';
import { archiveCandidates } from './archive-candidates.js';
import { earlierTable, isUnchanged } from './earlier-table.js';
import { foldTable } from './fold-table.js';
import { MemberIndex } from './member-index.js';
import type { Plan, TablePlan } from './plan.js';
import type { PlanFacts, PlanInput } from './plan-input.js';
import { PlanWalk } from './plan-walk.js';
import { countArrivals, foldInput, PlannedDay, type PlannedTable } from './planned-day.js';
import type { FoldedTable } from './table-fold.js';

export interface BuiltPlan {
  plan: Plan;
  /** In UTF-8 byte order of name. An unchanged table is its earlier plan, with that version. */
  tables: TablePlan[];
}

/**
 * Plans one version of a partner-day from everything in memory. Pure: the same archives give the same plan, in
 * whatever order they arrived, were extracted or are listed here.
 * @throws TerminalError when a manifest of an archive merged before is not given
 */
export function buildPlan(input: PlanInput): BuiltPlan {
  const { previous, version } = input;
  const facts: PlanFacts = { ...input, previous: previous?.plan };
  const { onReusedName } = facts.config.members;
  let members = new MemberIndex(onReusedName === 'keep' ? undefined : new Set());
  let walk = walkOver(facts, input, members);
  for (let names = members.corrected; names !== undefined; names = members.corrected) {
    members = new MemberIndex(names);
    walk = walkOver(facts, input, members);
  }
  const planned = [...walk.parts.keys()].flatMap((table): PlannedTable[] => {
    const folded = atOnce(foldTable(foldInput(facts, walk, table)));
    if (folded === undefined) return [];
    const earlier = previous?.tables.get(table);
    return earlier !== undefined && atOnce(isUnchanged(folded, earlierTable(earlier)))
      ? [{ table, folded, carried: { table, version: earlier.version } }]
      : [{ table, folded }];
  });
  const day = new PlannedDay(facts, walk, planned, atOnce(countArrivals(facts)));
  const { index: _, ...plan } = day.plan(version);
  const tables = day.tables.map(({ table, carried, folded }) =>
    carried === undefined ? tablePlan(folded!, version) : previous!.tables.get(table)!,
  );
  return { plan, tables };
}

function walkOver(facts: PlanFacts, { manifests }: PlanInput, members: MemberIndex): PlanWalk {
  const walk = new PlanWalk(facts, members);
  for (const candidate of atOnce(archiveCandidates(facts))) {
    walk.add(candidate, candidate.kind === 'missing' ? undefined : manifests.get(candidate.id));
  }
  return walk;
}

function tablePlan({ head, headers, ranges }: FoldedTable, version: number): TablePlan {
  return { ...head, version, headers, ranges: [...ranges] };
}
