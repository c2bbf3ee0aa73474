import type { PartnerDayLayout } from '../../ingest/layout.js';
import type { Plan, PlannedArchive } from '../../ingest/planning/plan.js';
import { readPlannedVersion } from '../../ingest/planning/read-planned-version.js';
import { requirePublication } from '../../ingest/publication/pointer.js';
import type { Publication } from '../../ingest/publication/publication.js';
import { type QuarantinedItem, readQuarantine } from '../../ingest/quarantine/quarantine.js';
import { countItem, noQuarantine, type QuarantineCounts } from '../../ingest/quarantine/quarantine-counts.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { Cli } from '../cli.js';

/** What the published version of a day has set aside. */
export interface Quarantine {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly publication: Publication;
  readonly plan: Plan;
  /** `archiveId`: only of archives whose id begins so. */
  items(archiveId?: string): AsyncIterable<QuarantinedItem>;
  /** Archives met by `items` whose rows were set aside and have expired since. */
  readonly expired: ReadonlySet<PlannedArchive>;
}

export async function openQuarantine(cli: Cli, layout: PartnerDayLayout): Promise<Quarantine> {
  const store = await cli.store();
  const call = { signal: cli.signal };
  const publication = await requirePublication(store, layout, call);
  const { plan, tables } = await readPlannedVersion(store, layout, publication.version, call);
  const expired = new Set<PlannedArchive>();
  const onExpired = (archive: PlannedArchive) => expired.add(archive);
  return {
    store,
    layout,
    publication,
    plan,
    items: (archiveId = '') => readQuarantine({ store, layout, plan, tables, archiveId, onExpired, call }),
    expired,
  };
}

export interface Surveyed {
  readonly counts: QuarantineCounts;
  /** Archives that something was set aside of, in canonical order. */
  readonly archives: PlannedArchive[];
}

export async function surveyQuarantine({ items, plan, expired }: Quarantine): Promise<Surveyed> {
  const counts = noQuarantine();
  const keys = new Set<string>();
  for await (const item of items()) {
    countItem(counts, item);
    keys.add(`${item.archive.key}\0${item.archive.etag}`);
  }
  const archives = plan.archives.filter(
    (archive) => keys.has(`${archive.key}\0${archive.etag}`) || expired.has(archive),
  );
  return { counts, archives };
}
