import type { PartnerConfig } from '../../config/partner-config.js';
import { canonicalJson } from '../../config/rules-id.js';
import { rulesOf } from '../../config/rules-of.js';
import { TerminalError } from '../../errors.js';
import { ConflictError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { archiveId } from '../archive-ref.js';
import { type Arrivals, arrivalsSchema, verdictOf } from '../arrivals/arrivals.js';
import { requireJson } from '../documents/json-object.js';
import { readUnread } from '../extraction/unread.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import { basesOfFirstVersion, readTableBases } from '../publication/registry.js';
import { readReplayList } from '../quarantine/replay-list.js';
import { Turns } from '../turns.js';
import { MOST_CLAIMS } from './claim-version.js';
import { type FoldDayInput, foldDay } from './fold-day.js';
import type { Plan, TableOutline } from './plan.js';
import type { PlanFacts } from './plan-input.js';
import type { PlannedDay } from './planned-day.js';
import { readPlan, readTableOutlines } from './read-plan.js';
import { VersionWriter } from './version-writer.js';

export interface PlanNextVersionInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  config: PartnerConfig;
  configKey: string;
  /** Key of what the sealed day consists of. */
  arrivalsKey: string;
  /** The run whose extraction may have left archives unread. */
  runId: string;
  /** Key of the archives that are to be taken as today's rules read them. */
  replay?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Archives planned so far. */
  onProgress?: ((archives: number) => void) | undefined;
}

export interface NextVersion {
  plan: Plan;
  /** In the plan's order. */
  tables: TableOutline[];
  /** Nothing has changed: this is the version readers see already. */
  published: boolean;
}

/**
 * Plans what the day consists of now, and claims the next version for it, unless it is what is published already.
 * Reads the manifests of what has landed since the published version was planned, each once, and no archive.
 */
export async function planNextVersion(input: PlanNextVersionInput): Promise<NextVersion> {
  const { store, layout, signal, onProgress } = input;
  const call = signal === undefined ? {} : { signal };
  const current = (await readPointer(store, layout, call))?.publication.version;
  const previous = current === undefined ? undefined : await readPlan(store, layout.version(current), call);
  const heads = previous === undefined ? [] : await readTableOutlines(store, layout, previous, call);
  const outlines = new Map(heads.map((outline) => [outline.head.table, outline]));
  const arrivals = await requireJson(store, input.arrivalsKey, arrivalsSchema, call);
  const facts = await planFacts(input, arrivals, previous, outlines, call);
  // Such tables were never planned in earnest; as soon as their history can be read everything is decided again.
  const anew = [...outlines.values()].some(({ head }) =>
    head.findings.some(({ code }) => code === 'schema-unreadable'),
  );
  const rules = await rulesToRead(input, facts, call);
  const first = (current ?? 0) + 1;
  for (let version = first; version < first + MOST_CLAIMS; version++) {
    const writer = new VersionWriter(store, layout.version(version), version, call);
    try {
      const write: FoldDayInput['write'] = (table) => writer.table(table);
      const day = await foldDay({ store, layout, facts, rules, anew, write, signal, onProgress });
      const tables = day.tables.map(({ table, outline }) => outline ?? outlines.get(table)!);
      const unchanged = previous !== undefined && day.tables.every(({ carried }) => carried);
      if (unchanged && (await isSame(day, previous, signal)))
        return { plan: previous, tables, published: true };
      return { plan: await writer.claim(day), tables, published: false };
    } catch (error) {
      // Somebody else planned this version from something else.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new TerminalError(`${layout.prefix}: versions from ${first} on are all taken`);
}

async function planFacts(
  { store, layout, config, configKey, runId }: PlanNextVersionInput,
  arrivals: Arrivals,
  previous: Plan | undefined,
  outlines: ReadonlyMap<string, TableOutline>,
  call: CallOptions,
): Promise<PlanFacts> {
  const unread = await readUnread(store, layout, runId);
  const registry = await readTableBases(store, layout, call);
  const heads = [...outlines.values()].map(({ head }) => head);
  const { bases, broken } = previous ? basesOfFirstVersion(heads, registry) : registry;
  return {
    partner: layout.partner,
    date: layout.date,
    configKey,
    config,
    verdict: verdictOf(arrivals),
    ...announcedIn(arrivals),
    landed: arrivals.sources.flatMap((source) => source.landed),
    unread: new Map(
      unread.map(({ archive, type, error }) => [
        archiveId(archive),
        { reason: error, ...(type === 'worker-lost' ? { code: 'worker-lost' as const } : {}) },
      ]),
    ),
    bases,
    brokenBases: broken,
    previous,
  };
}

/** By archive: the rules it may have been read by. */
async function rulesToRead(
  { store, config, replay }: PlanNextVersionInput,
  { landed, previous }: PlanFacts,
  call: CallOptions,
): Promise<Map<string, string[]>> {
  const { rulesId } = rulesOf(config);
  const turns = new Turns(call.signal);
  const rules = new Map<string, string[]>();
  for (const archive of landed) {
    rules.set(archiveId(archive), [rulesId]);
    if (turns.over) await turns.next();
  }
  const replayed = new Set((await readReplayList(store, replay, call)).map(archiveId));
  for (const { archiveId: id, rulesId: before } of previous?.archives ?? []) {
    if (id === undefined || before === undefined) continue;
    // What was committed under earlier rules stays as it is: a change of configuration re-extracts nothing. A replayed
    // archive that could not be read again stays as it was, too: replaying takes no rows away.
    rules.set(id, replayed.has(id) && before !== rulesId ? [rulesId, before] : [before]);
  }
  return rules;
}

/** The configuration's snapshot may be another one: what counts is what came of it. */
async function isSame(day: PlannedDay, previous: Plan, signal: AbortSignal | undefined): Promise<boolean> {
  return new Turns(signal).take(samePlan(day.plan(previous.version), previous));
}

function* samePlan(plan: Plan, previous: Plan): Generator<undefined, boolean> {
  const rest = (of: Plan) => canonicalJson({ ...of, configKey: '', index: 0, archives: [] });
  if (plan.archives.length !== previous.archives.length || rest(plan) !== rest(previous)) return false;
  for (const [index, archive] of plan.archives.entries()) {
    if (canonicalJson(archive) !== canonicalJson(previous.archives[index])) return false;
    yield;
  }
  return true;
}

function announcedIn(arrivals: Arrivals) {
  return {
    announced: arrivals.sources.flatMap(({ source, announced }) =>
      (announced ?? []).map((archive) => ({ source, ...archive })),
    ),
    announcedCounts: new Map(
      arrivals.sources.flatMap(({ source, announcedCount }) =>
        announcedCount === undefined ? [] : [[source, announcedCount] as const],
      ),
    ),
  };
}
