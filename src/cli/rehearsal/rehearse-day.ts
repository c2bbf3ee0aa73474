import { randomUUID } from 'node:crypto';
import { PinnedConfigs } from '../../activities/pinned-configs.js';
import type { PartnerConfig } from '../../config/partner-config.js';
import { rulesOf } from '../../config/rules-of.js';
import { writeCompleteness } from '../../ingest/arrivals/day-completeness.js';
import { observeLanding } from '../../ingest/arrivals/observe-landing.js';
import { sealedArrivals } from '../../ingest/arrivals/sealed-arrivals.js';
import { sourceVerdict } from '../../ingest/arrivals/source-verdict.js';
import { writeJsonOnce } from '../../ingest/documents/json-object.js';
import { extractArchive } from '../../ingest/extraction/extract-archive.js';
import { PartnerDayLayout } from '../../ingest/layout.js';
import { mergeTable } from '../../ingest/merging/merge-table.js';
import type { Plan } from '../../ingest/planning/plan.js';
import { planNextVersion } from '../../ingest/planning/plan-next-version.js';
import { readTablePlan } from '../../ingest/planning/read-plan.js';
import type { Publication } from '../../ingest/publication/publication.js';
import { publishVersion } from '../../ingest/publication/publish-version.js';
import { checkRelations } from '../../ingest/relations/check-relations.js';
import type { ObjectStore } from '../../store/object-store.js';
import { OverlayStore } from '../../store/overlay-store.js';

export interface RehearseInput {
  store: ObjectStore;
  /** Takes everything that is written. */
  scratch: ObjectStore;
  config: PartnerConfig;
  date: string;
  /** Where the drop lies; below it every source finds its archives by its pattern. */
  landing: string;
  /** Only the first so many archives of each source. */
  archives?: number | undefined;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
}

export interface Rehearsal {
  plan: Plan;
  publication: Publication;
  /** The day as it would stand; what is in it lies in the scratch store. */
  store: ObjectStore;
  layout: PartnerDayLayout;
  cost: RehearsalCost;
}

export interface RehearsalCost {
  archives: number;
  /** Compressed. */
  archiveBytes: number;
  tableBytes: number;
  /** Bytes of tables that passed through the worker; the others were copied within the store. */
  workerBytes: number;
  readMs: number;
  mergeMs: number;
}

/**
 * A day from archives to verdict, as a run would do it, but with every write beside the store. What earlier days left is
 * read, so that drift and history are judged as they would be; what is there of this date is not seen.
 */
export async function rehearseDay(input: RehearseInput): Promise<Rehearsal> {
  const { config, date, signal, onProgress = () => undefined } = input;
  const layout = new PartnerDayLayout(config.id, date);
  const store = new OverlayStore(input.store, input.scratch, layout.prefix);
  const runId = randomUUID();
  const sources = await observed(store, input);
  const landed = sources.flatMap(({ seen }) => seen.landed);
  const { rules, rulesId } = rulesOf(config);
  const began = Date.now();
  for (const [index, archive] of landed.entries()) {
    onProgress(`reading archive ${index + 1} of ${landed.length}: ${archive.key}`);
    await extractArchive({ store, layout, archive, rules, rulesId, signal });
  }
  const read = Date.now();
  const arrivalsKey = layout.arrivals(runId, 0);
  await writeJsonOnce(store, arrivalsKey, await sealedArrivals(store, layout, sources, { signal }));
  const configKey = await new PinnedConfigs(store).pin(layout, config);
  onProgress('planning');
  const next = { store, layout, config, configKey, arrivalsKey, runId, signal };
  const { plan, tables } = await planNextVersion(next);
  await writeCompleteness(store, layout, plan.version, arrivalsKey, { signal });
  const planned = Date.now();
  const [merged, failures] = [{ bytes: 0, workerBytes: 0 }, new Map<string, RehearsedFailure>()];
  for (const { head } of tables) {
    if (head.refused !== undefined) continue;
    const { table } = head;
    onProgress(`merging ${table}`);
    try {
      const tablePlan = await readTablePlan(store, layout.version(head.version), table, { signal });
      const { bytes, workerBytes } = await mergeTable({ store, layout, plan: tablePlan, signal });
      merged.bytes += bytes;
      merged.workerBytes += workerBytes;
    } catch (error) {
      signal.throwIfAborted();
      failures.set(table, { error: (error as Error).message, tries: 1, rounds: 1 });
    }
  }
  const mergeMs = Date.now() - planned;
  onProgress('checking');
  await checkRelations({ store, layout, config, version: plan.version, signal });
  const publication = await publishVersion({
    store,
    layout,
    config,
    version: plan.version,
    failures,
    publishedAt: new Date().toISOString(),
    workflowId: 'rehearsal',
    runId,
    signal,
  });
  return {
    plan,
    publication,
    store,
    layout,
    cost: {
      archives: landed.length,
      archiveBytes: landed.reduce((total, { bytes }) => total + bytes, 0),
      tableBytes: merged.bytes,
      workerBytes: merged.workerBytes,
      readMs: read - began,
      mergeMs,
    },
  };
}

interface RehearsedFailure {
  error: string;
  tries: number;
  rounds: number;
}

/** A past drop is complete by the word of whoever rehearses it, unless a marker or a manifest says so. */
async function observed(store: ObjectStore, { config, date, landing, archives, signal }: RehearseInput) {
  const sources = config.sources.map((source) => ({ ...source, landing }));
  const told = { completions: [], announcements: [] };
  const seen = await observeLanding(store, { ...config, sources }, date, told, signal);
  return seen.map((source) => ({
    seen: { ...source, landed: source.landed.slice(0, archives) },
    completedBy: sourceVerdict(source, false).completedBy ?? ('signal' as const),
  }));
}
