import type { PartnerConfig } from '../config/partner-config.js';
import { canonicalJson } from '../config/rules-id.js';
import { rulesOf } from '../config/rules-of.js';
import type { ObjectStore } from '../store/object-store.js';
import { archiveId } from './archive-ref.js';
import { type Arrivals, arrivalsSchema, verdictOf } from './arrivals.js';
import { type BuiltPlan, buildPlanInTurns } from './build-plan.js';
import { claimVersion } from './claim-version.js';
import { requireJson } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { readPointer } from './pointer.js';
import { readManifests } from './read-manifests.js';
import { readPlannedVersion } from './read-planned-version.js';
import { basesOfFirstVersion, readTableBases } from './registry.js';
import { readReplayList } from './replay-list.js';
import { readUnread } from './unread.js';

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
  /** Manifests read so far. */
  onProgress?: ((manifests: number) => void) | undefined;
}

export interface NextVersion extends BuiltPlan {
  /** Nothing has changed: this is the version readers see already. */
  published: boolean;
}

/**
 * Plans what the day consists of now, and claims the next version for it, unless it is what is published already.
 * Reads the manifests of everything that landed, each once, and no archive.
 */
export async function planNextVersion(input: PlanNextVersionInput): Promise<NextVersion> {
  const { store, layout, config, configKey, signal } = input;
  const call = signal === undefined ? {} : { signal };
  const arrivals = await requireJson(store, input.arrivalsKey, arrivalsSchema, call);
  const current = (await readPointer(store, layout, call))?.publication.version;
  const previous = current === undefined ? undefined : await readPlannedVersion(store, layout, current, call);
  const landed = arrivals.sources.flatMap((source) => source.landed);
  const { rulesId } = rulesOf(config);
  const rules = new Map(landed.map((archive) => [archiveId(archive), rulesId]));
  const replayed = new Set((await readReplayList(store, input.replay, call)).map(archiveId));
  const earlier = new Map<string, string>();
  for (const { archiveId: id, rulesId: before } of previous?.plan.archives ?? []) {
    if (id !== undefined && before !== undefined) earlier.set(id, before);
  }
  // What was committed under earlier rules stays as it is: a change of configuration re-extracts nothing.
  for (const [id, before] of earlier) rules.set(id, replayed.has(id) ? rulesId : before);
  const options = { signal, onProgress: input.onProgress };
  const manifests = await readManifests(store, layout, rules, options);
  // A replayed archive that could not be read again stays as it was, too: replaying takes no rows away.
  const left = [...earlier].filter(([id]) => replayed.has(id) && !manifests.has(id));
  for (const [id, manifest] of await readManifests(store, layout, new Map(left), options)) {
    manifests.set(id, manifest);
  }
  const unread = await readUnread(store, layout, input.runId);
  const registry = await readTableBases(store, layout, call);
  const { bases, broken } = previous ? basesOfFirstVersion(previous.tables.values(), registry) : registry;
  const build = (version: number) =>
    buildPlanInTurns(
      {
        partner: layout.partner,
        date: layout.date,
        version,
        configKey,
        config,
        verdict: verdictOf(arrivals),
        ...announcedIn(arrivals),
        landed,
        manifests,
        unread: new Map(
          unread.map(({ archive, type, error }) => [
            archiveId(archive),
            { reason: error, ...(type === 'worker-lost' ? { code: 'worker-lost' as const } : {}) },
          ]),
        ),
        bases,
        brokenBases: broken,
        previous,
      },
      signal,
    );
  if (previous) {
    const same = await build(previous.plan.version);
    if (sameContent(same, previous.plan)) return { ...same, published: true };
  }
  const claimed = await claimVersion({ store, layout, build, from: (current ?? 0) + 1, signal });
  return { ...claimed, published: false };
}

/** The configuration's snapshot may be another one: what counts is what came of it. */
function sameContent(built: BuiltPlan, previous: BuiltPlan['plan']): boolean {
  return canonicalJson({ ...built.plan, configKey: '' }) === canonicalJson({ ...previous, configKey: '' });
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
