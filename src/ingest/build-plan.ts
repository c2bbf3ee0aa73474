import { canonicalJson } from '../config/rules-id.js';
import { archiveCandidates, type Candidate } from './archive-candidates.js';
import { ArchiveFates } from './archive-fates.js';
import type { Manifest } from './manifest.js';
import { MemberNames } from './member-names.js';
import type { Plan, TablePlan } from './plan.js';
import { PlanFold } from './plan-fold.js';
import type { PlanInput } from './plan-input.js';

export interface BuiltPlan {
  plan: Plan;
  /** In UTF-8 byte order of name. An unchanged table is its earlier plan, with that version. */
  tables: TablePlan[];
}

/**
 * Plans one version of a partner-day. Pure: the same archives give the same plan, in whatever order they arrived,
 * were extracted or are listed here.
 * @throws TerminalError when a manifest of an archive merged before is not given
 */
export function buildPlan(input: PlanInput): BuiltPlan {
  const candidates = archiveCandidates(input);
  const fold = new PlanFold(input, reusedNames(input, candidates));
  for (const candidate of candidates) fold.add(candidate, manifestOf(input, candidate));
  const { plan, tables } = fold.finish();
  const kept = tables.map((table) => unlessUnchanged(table, input));
  return {
    plan: { ...plan, tables: kept.map(({ table, version }) => ({ table, version })) },
    tables: kept,
  };
}

function manifestOf(input: PlanInput, candidate: Candidate): Manifest | undefined {
  return candidate.kind === 'missing' ? undefined : input.manifests.get(candidate.id);
}

/** Under `onReusedName: quarantine` the first member of a reused name is set aside, too: it must be known beforehand. */
function reusedNames(input: PlanInput, candidates: readonly Candidate[]): ReadonlySet<string> {
  const names = new MemberNames();
  if (input.config.members.onReusedName === 'keep') return new Set();
  const fates = new ArchiveFates(input);
  for (const candidate of candidates) {
    const manifest = manifestOf(input, candidate);
    const { fate } = fates.decide(candidate, manifest);
    if (manifest === undefined || (fate !== 'merged' && fate !== 'salvaged')) continue;
    for (const member of manifest.members) if (member.outcome === 'loaded') names.see(member);
  }
  return names.reused();
}

/** A table that comes out as it was keeps its earlier version: neither merged nor copied again. */
function unlessUnchanged(table: TablePlan, input: PlanInput): TablePlan {
  const earlier = input.previous?.tables.get(table.table);
  if (earlier === undefined) return table;
  return canonicalJson({ ...table, version: earlier.version }) === canonicalJson(earlier) ? earlier : table;
}
