import type { PartnerConfig } from '../../config/partner-config.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { archiveId } from '../archive-ref.js';
import { Landing } from '../arrivals/landing.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import type { DayObject } from './day-objects.js';
import { type RetainedObjects, retainedObjects } from './retained-objects.js';

export interface DueInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly config: PartnerConfig;
  readonly now: Date;
  /** Listed before this is asked. */
  readonly objects: readonly DayObject[];
  /** Keys that other days name, read when they are needed. */
  readonly named: () => Promise<ReadonlySet<string>>;
  readonly call: CallOptions;
}

export interface DueObjects {
  /** In the order in which they are to be deleted. */
  readonly due: DayObject[];
  /** Due by age, and kept: the only copy of what they hold. */
  readonly onlyCopies: number;
  /** Of the pointer that decided. */
  readonly etag: string | undefined;
  /** Versions claimed when the objects were listed, ascending. */
  readonly versions: number[];
}

const DAY_MS = 86_400_000;
/**
 * A version stays for a day after the one that replaced it was published: readers may be in the middle of it, and days
 * that were being published may have been told that it is their last good one.
 */
const GRACE_MS = DAY_MS;

/** Of a day's objects those that the partner's retention has come to the end of and nothing kept refers to. */
export async function dueObjects(input: DueInput): Promise<DueObjects> {
  const { store, layout, config, now, objects, call } = input;
  const { extractDays, quarantineDays, versions: wanted } = config.retention;
  const pointer = await readPointer(store, layout, call);
  const published = pointer?.publication.version ?? 0;
  const names = new Set(
    objects.flatMap((object) => (object.kind === 'version' ? [`${object.version}/${object.name}`] : [])),
  );
  const versions = objects.flatMap((object) =>
    object.kind === 'version' && object.name === 'plan.json' ? [object.version] : [],
  );
  const earlier = versions.filter((version) => version < published).length;
  const retained = await retainedObjects({
    store,
    layout,
    objects,
    published: pointer?.publication,
    versions: wanted,
    named: wanted === undefined || earlier < wanted ? new Set() : await input.named(),
    call,
  });
  const replacedLongAgo = isOlder(await store.head(layout.published, call), now, GRACE_MS);
  const isAged = (object: DayObject, days: number | undefined) =>
    days !== undefined && isOlder(object.info, now, days * DAY_MS);
  const isDue = (object: DayObject): boolean => {
    switch (object.kind) {
      case 'segment':
        return isAged(object, extractDays) && !retained.unmerged.has(object.info.key);
      case 'quarantine':
        return isAged(object, quarantineDays);
      case 'working':
        return isAged(object, extractDays) && !retained.keys.has(object.info.key);
      case 'version':
        if (isIntermediate(object, names)) return isOlder(object.info, now, GRACE_MS);
        return replacedLongAgo && object.version < published && isUnreferenced(object, retained);
    }
  };
  const aged = objects.filter(isDue);
  const landed = aged.some(isOfArchive) ? await landedIds(input) : new Set<string>();
  // What was read from an archive is deleted only as long as the archive can be read again.
  const isOnlyCopy = (object: DayObject) =>
    isOfArchive(object) && retained.archives.has(object.archiveId) && !landed.has(object.archiveId);
  const due = aged.filter((object) => !isOnlyCopy(object));
  return {
    due: due.sort(oldestFirst),
    onlyCopies: aged.length - due.length,
    etag: pointer?.etag,
    versions: versions.sort((a, b) => a - b),
  };
}

type VersionObject = Extract<DayObject, { kind: 'version' }>;

function isUnreferenced(object: VersionObject, { versions, keys }: RetainedObjects): boolean {
  return !versions.has(object.version) && !keys.has(object.info.key);
}

/** A level of composing that a merge did not come to delete. */
function isIntermediate(object: VersionObject, names: ReadonlySet<string>): boolean {
  const [, table] = /^compose\/([^/]+)\//.exec(object.name) ?? [];
  return table !== undefined && names.has(`${object.version}/merged/${table}.json`);
}

function isOfArchive(object: DayObject): object is Extract<DayObject, { archiveId: string }> {
  return object.kind === 'segment' || object.kind === 'quarantine';
}

function isOlder(info: { lastModified?: Date } | undefined, now: Date, ms: number): boolean {
  return info?.lastModified !== undefined && now.getTime() - info.lastModified.getTime() >= ms;
}

/** Archives that are in the landing prefix as they were read. */
async function landedIds({ store, layout, config, call }: DueInput): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const source of config.sources) {
    const landing = new Landing(source, layout.partner, layout.date);
    for await (const info of store.list(landing.prefix, call)) ids.add(archiveId(info));
  }
  return ids;
}

/** Versions last, and in their order. */
function oldestFirst(a: DayObject, b: DayObject): number {
  const age = (object: DayObject) => object.info.lastModified?.getTime() ?? 0;
  const version = (object: DayObject) => (object.kind === 'version' ? object.version : 0);
  return version(a) - version(b) || age(a) - age(b);
}
