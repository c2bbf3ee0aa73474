import { setImmediate } from 'node:timers/promises';
import { canonicalJson } from '../config/rules-id.js';
import { archiveCandidates, type Candidate } from './archive-candidates.js';
import { ArchiveFates } from './archive-fates.js';
import type { Manifest } from './manifest.js';
import { MemberNames } from './member-names.js';
import type { Plan, PlannedRange, TablePlan } from './plan.js';
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
  const steps = planSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, letting others have their turn: a worker goes on heartbeating while it plans a day of 40,000 archives. */
export async function buildPlanInTurns(input: PlanInput, signal?: AbortSignal): Promise<BuiltPlan> {
  const steps = planSteps(input);
  for (let since = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - since < TURN_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    since = performance.now();
  }
}

const TURN_MS = 20;

function* planSteps(input: PlanInput): Generator<undefined, BuiltPlan> {
  const candidates = archiveCandidates(input);
  yield;
  const fold = new PlanFold(input, reusedNames(input, candidates));
  for (const candidate of candidates) {
    fold.add(candidate, manifestOf(input, candidate));
    yield;
  }
  const tables: TablePlan[] = [];
  const finishing = fold.finish();
  for (;;) {
    const step = finishing.next();
    if (!step.done) {
      tables.push(unlessUnchanged(step.value, input));
      yield;
      continue;
    }
    const versions = tables.map(({ table, version }) => ({ table, version }));
    return { plan: { ...step.value, tables: versions }, tables };
  }
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
  if (earlier === undefined || !sameRanges(table.ranges, earlier.ranges)) return table;
  const head = (plan: TablePlan) => canonicalJson({ ...plan, ranges: [], version: 0 });
  return head(table) === head(earlier) ? earlier : table;
}

function sameRanges(a: readonly PlannedRange[], b: readonly PlannedRange[]): boolean {
  return (
    a.length === b.length &&
    a.every((range, index) => {
      const other = b[index]!;
      return (
        range.key === other.key &&
        range.etag === other.etag &&
        range.offset === other.offset &&
        range.bytes === other.bytes &&
        range.crc32 === other.crc32 &&
        range.rows === other.rows &&
        range.header === other.header
      );
    })
  );
}
