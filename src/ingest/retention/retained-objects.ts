import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readCompleteness } from '../arrivals/day-completeness.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import type { ArchiveFate, Plan } from '../planning/plan.js';
import { readPlan, readTablePlan } from '../planning/read-plan.js';
import { type Publication, publicationSchema } from '../publication/publication.js';
import type { DayObject } from './day-objects.js';

/** What of a partner-day must stay. */
export interface RetainedObjects {
  /** Versions that stay whole. */
  readonly versions: ReadonlySet<number>;
  /** Objects of other versions that something kept refers to. */
  readonly keys: ReadonlySet<string>;
  /** Segments of tables that are still to be merged. */
  readonly unmerged: ReadonlySet<string>;
  /** Archives whose rows a kept version holds, or may come to hold. */
  readonly archives: ReadonlySet<string>;
}

export interface RetainedInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  /** Read after the objects were listed. */
  readonly published: Publication | undefined;
  readonly objects: readonly DayObject[];
  /** How many versions stay; absent: all. */
  readonly versions: number | undefined;
  /** Keys that other days name: their last good tables. */
  readonly named: ReadonlySet<string>;
  readonly call: CallOptions;
}

/** Nothing of these is in a table now, and nothing of them ever comes into one without being read again. */
const WITHOUT_ROWS: ReadonlySet<ArchiveFate> = new Set(['superseded', 'missing', 'quarantined']);

/**
 * The published version, every claimed one after it and as many before it as are wanted stay whole; of the others
 * what those refer to, what readers were ever told to read, and the newest good object of every table.
 */
export async function retainedObjects(input: RetainedInput): Promise<RetainedObjects> {
  const { store, layout, published, objects, named, call } = input;
  const listed = objects.filter((object) => object.kind === 'version');
  const claimed = listed.filter(({ name }) => name === 'plan.json').map(({ version }) => version);
  const versions = keptVersions(claimed, published?.version, input.versions);
  const names = new Set(listed.map(({ info }) => info.key));
  const keys = new Set(named);
  const unmerged = new Set<string>();
  const archives = new Set<string>();
  const keep = (table: string, version: number) => {
    const of = layout.version(version);
    for (const key of [of.table(table), of.tablePlan(table), of.tableHead(table), of.merged(table)])
      keys.add(key);
  };
  for (const version of versions) {
    const plan = await readPlan(store, layout.version(version), call);
    for (const key of indexKeys(layout, plan, listed)) keys.add(key);
    for (const { archiveId, fate } of plan.archives) {
      if (archiveId !== undefined && !WITHOUT_ROWS.has(fate)) archives.add(archiveId);
    }
    for (const { table, version: made } of plan.tables) {
      keep(table, made);
      const of = layout.version(made);
      if (names.has(of.merged(table))) continue;
      // Of a version that an earlier sweep began to delete the plan may be gone, too.
      if (!names.has(of.tablePlan(table))) continue;
      const { ranges, reuse } = await readTablePlan(store, of, table, call);
      for (const { key } of ranges) unmerged.add(key);
      if (reuse !== undefined) keys.add(reuse.key);
    }
    const sealed = await readCompleteness(store, layout, version, call);
    if (sealed !== undefined) keys.add(sealed.arrivalsKey);
    const held = await readJson(store, layout.version(version).held, publicationSchema, call);
    for (const { table, version: made } of held?.tables ?? []) if (made !== undefined) keep(table, made);
  }
  for (const { table, version } of published?.tables ?? []) if (version !== undefined) keep(table, version);
  for (const [table, version] of newestMerged(listed)) keep(table, version);
  for (const key of named) {
    const object = listed.find(({ info }) => info.key === key);
    if (object) keep(object.name.replace(/\.csv$/, ''), object.version);
  }
  return { versions, keys, unmerged, archives };
}

/** What the version after this one will be planned from; shares of a table may be those of an earlier version. */
function* indexKeys(
  layout: PartnerDayLayout,
  { version, index, tables }: Plan,
  listed: readonly { version: number; name: string }[],
): Generator<string> {
  if (index === undefined) return;
  yield layout.version(index).archiveIndex;
  yield layout.version(index).memberIndex;
  for (const { table } of tables) {
    const name = `index/tables/${table}.json`;
    const writers = listed.filter((object) => object.name === name && object.version <= version);
    const newest = Math.max(0, ...writers.map((object) => object.version));
    if (newest > 0) yield layout.version(newest).tableIndex(table);
  }
}

function keptVersions(
  claimed: readonly number[],
  published: number | undefined,
  wanted: number | undefined,
): Set<number> {
  if (published === undefined || wanted === undefined) return new Set(claimed);
  const earlier = claimed.filter((version) => version < published).sort((a, b) => b - a);
  const later = claimed.filter((version) => version > published);
  return new Set([published, ...later, ...earlier.slice(0, wanted - 1)]);
}

/** Per table the newest version with a receipt: whatever happens to the later ones, its last good rows stay. */
function newestMerged(listed: readonly { version: number; name: string }[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { version, name } of listed) {
    const [, table] = /^merged\/(.+)\.json$/.exec(name) ?? [];
    if (table !== undefined && version > (newest.get(table) ?? 0)) newest.set(table, version);
  }
  return newest;
}
