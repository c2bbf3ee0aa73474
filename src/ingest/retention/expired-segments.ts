import { TerminalError } from '../../errors.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { type ArchiveRef, archiveId } from '../archive-ref.js';
import { requireJson } from '../documents/json-object.js';
import { type ExtractArchiveOptions, extractArchive } from '../extraction/extract-archive.js';
import type { PartnerDayLayout } from '../layout.js';
import { type Manifest, manifestSchema } from '../manifest.js';
import type { PlanTable, TablePlan } from '../planning/plan.js';
import { readTablePlan } from '../planning/read-plan.js';
import { planToMerge } from '../planning/table-reuse.js';
import { asideShares } from '../relations/aside-shares.js';

/** A merge needs rows that a sweep has deleted. Their archives can be read again, and then it can be repeated. */
export class SegmentsExpiredError extends TerminalError {}

/** An archive to be read again, by the rules it was read by. */
export interface ExpiredArchive {
  readonly archive: ArchiveRef;
  readonly rulesId: string;
}

const SEGMENT = /\/extract\/([0-9a-f]+)\/([0-9a-f]+)\/[^/]+$/;

/** The archives of these tables whose rows are not there any more, in the order of the plans. One listing. */
export async function findExpired(
  store: ObjectStore,
  layout: PartnerDayLayout,
  tables: readonly PlanTable[],
  call: CallOptions = {},
): Promise<ExpiredArchive[]> {
  return expiredOf(store, layout, tables, call, async (plan, needed) => {
    const { ranges } = await planToMerge(store, plan, call);
    for (const { key } of ranges) if (isSegment(layout, key)) needed.add(key);
  });
}

/** The same for what was kept aside of their rows. */
export async function findExpiredAside(
  store: ObjectStore,
  layout: PartnerDayLayout,
  tables: readonly PlanTable[],
  call: CallOptions = {},
): Promise<ExpiredArchive[]> {
  return expiredOf(store, layout, tables, call, async (plan, needed) => {
    for await (const { pieces } of asideShares(store, layout, plan, call))
      for (const { key } of pieces) needed.add(key);
  });
}

/** `collect`: adds the keys of the objects a table's plan needs. */
async function expiredOf(
  store: ObjectStore,
  layout: PartnerDayLayout,
  tables: readonly PlanTable[],
  call: CallOptions,
  collect: (plan: TablePlan, needed: Set<string>) => Promise<void>,
): Promise<ExpiredArchive[]> {
  const needed = new Set<string>();
  for (const { table, version } of tables) {
    await collect(await readTablePlan(store, layout.version(version), table, call), needed);
  }
  for await (const { key } of store.list(layout.extractPrefix, call)) needed.delete(key);
  const manifests = new Set<string>();
  const expired: ExpiredArchive[] = [];
  for (const segment of needed) {
    const [, id, rulesId] = SEGMENT.exec(segment) ?? [];
    if (id === undefined || rulesId === undefined) throw new ObjectNotFoundError(segment);
    const key = layout.manifest(id, rulesId);
    if (manifests.has(key)) continue;
    manifests.add(key);
    expired.push({ archive: (await requireJson(store, key, manifestSchema, call)).archive, rulesId });
  }
  return expired;
}

/** Whether an object that is not there held rows of an archive. */
export function isSegment(layout: PartnerDayLayout, key: string): boolean {
  return key.startsWith(layout.extractPrefix) && SEGMENT.test(key) && !key.endsWith('/manifest.json');
}

/**
 * Reads a committed archive again and writes the same segments to the same keys. Its manifest stays: what comes out is
 * compared with it, and anything else is a ConflictError. An archive that was sent again unchanged is as good.
 */
export async function restoreSegments(options: ExtractArchiveOptions): Promise<Manifest> {
  const etag = await landedEtag(options);
  return extractArchive({ ...options, store: uncommitted(options.store, options.archive, etag) });
}

/** The ETag under which the very bytes of the archive are in the landing prefix; its own, unless it was sent again. */
async function landedEtag({
  store,
  layout,
  archive,
  rulesId,
  signal,
}: ExtractArchiveOptions): Promise<string> {
  const call = signal === undefined ? {} : { signal };
  const landed = await store.head(archive.key, call);
  if (landed === undefined || landed.etag === archive.etag) return archive.etag;
  const key = layout.manifest(archiveId(archive), rulesId);
  const { sha256 } = await requireJson(store, key, manifestSchema, call);
  for await (const { key: other } of store.list(`${layout.extractPrefix}${archiveId(landed)}/`, call)) {
    if (!other.endsWith('/manifest.json')) continue;
    if ((await requireJson(store, other, manifestSchema, call)).sha256 === sha256) return landed.etag;
  }
  return archive.etag;
}

/** The store as one sees it who has not looked for a manifest yet: the first look finds none. */
function uncommitted(store: ObjectStore, archive: ArchiveRef, etag: string): ObjectStore {
  let looked = false;
  const getBytes: ObjectStore['getBytes'] = async (key, options) => {
    if (looked || !key.endsWith('/manifest.json')) return store.getBytes(key, options);
    looked = true;
    throw new ObjectNotFoundError(key);
  };
  const get: ObjectStore['get'] = (key, options) =>
    store.get(key, key === archive.key ? { ...options, ifMatch: etag } : options);
  return new Proxy(store, {
    get(target, property) {
      if (property === 'getBytes') return getBytes;
      if (property === 'get') return get;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
