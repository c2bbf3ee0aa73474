import type { PartnerDayLayout } from '../ingest/layout.js';
import type { Plan, PlannedRange } from '../ingest/planning/plan.js';
import { readPlan, readTableOutline, readTablePlan } from '../ingest/planning/read-plan.js';
import { requirePublication } from '../ingest/publication/pointer.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { openLineageEvent } from './open-lineage-event.js';

export interface GatherEventsInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  namespace: string;
  codeVersion: string;
  /** Only these tables. Default: all. */
  tables?: readonly string[];
  call?: CallOptions;
}

/** One event per table of what readers see. @throws NotPublishedError */
export async function* gatherEvents(input: GatherEventsInput): AsyncGenerator<object> {
  const { store, layout, namespace, codeVersion, tables, call = {} } = input;
  const publication = await requirePublication(store, layout, call);
  const plan = await readPlan(store, layout.version(publication.version), call);
  for (const published of publication.tables) {
    const { table } = published;
    if (tables !== undefined && !tables.includes(table)) continue;
    const made = published.version ?? plan.tables.find((entry) => entry.table === table)?.version;
    const keys = layout.version(made ?? publication.version);
    const { head } = await readTableOutline(store, keys, table, call);
    const { ranges } = await readTablePlan(store, keys, table, call);
    yield openLineageEvent({
      publication,
      published,
      head,
      archives: archivesOf(plan, ranges, layout),
      storeUrl: store.url,
      namespace,
      codeVersion,
    });
  }
}

/** Archives with rows among the ranges, in canonical order. */
function archivesOf(
  plan: Plan,
  ranges: readonly PlannedRange[],
  { extractPrefix }: PartnerDayLayout,
): string[] {
  const ids = new Set(
    ranges.flatMap(({ key }) =>
      key.startsWith(extractPrefix) ? [key.slice(extractPrefix.length).split('/')[0]!] : [],
    ),
  );
  return plan.archives.filter(({ archiveId }) => ids.has(archiveId ?? '')).map(({ key }) => key);
}
