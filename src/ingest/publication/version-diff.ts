import { z } from 'zod';
import type { Plan, PlannedArchive } from '../planning/plan.js';
import type { Publication, PublishedTable } from './publication.js';

/** Archives that are named; of more the number is told. */
const NAMED = 50;

const objectSchema = z.object({ etag: z.string(), bytes: z.number().int().nonnegative() });

const tableDiffSchema = z.object({
  table: z.string(),
  status: z.enum(['merged', 'failed', 'stale']).optional(),
  /** Of the rows readers get; 0 where they get none. */
  rowsBefore: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  columnsAdded: z.array(z.string()),
  columnsRemoved: z.array(z.string()),
  /** Those that both have stand in another order. */
  reordered: z.boolean(),
});

/** What readers get otherwise than in the version they saw before. */
export const versionDiffSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  /** The version it is compared with. */
  against: z.number().int().positive(),
  /** Tables that are not what they were; `status` is absent where there is no such table any more. */
  tables: z.array(tableDiffSchema),
  unchangedTables: z.number().int().nonnegative(),
  archives: z.object({
    /** Merged now, and not before, and the other way round. */
    came: z.number().int().nonnegative(),
    went: z.number().int().nonnegative(),
    newKeys: z.array(z.string()),
    superseded: z.array(z.object({ key: z.string(), before: objectSchema, now: objectSchema })),
  }),
});
export type VersionDiff = z.infer<typeof versionDiffSchema>;

export interface Versions {
  plan: Plan;
  tables: readonly PublishedTable[];
  earlier: Publication;
  earlierPlan: Plan;
}

export function* diffVersions(versions: Versions): Generator<undefined, VersionDiff> {
  const { plan, earlier } = versions;
  const { partner, date, version } = plan;
  const { tables, unchanged } = diffTables(versions);
  return {
    format: 1,
    partner,
    date,
    version,
    against: earlier.version,
    tables,
    unchangedTables: unchanged,
    archives: yield* diffArchives(versions),
  };
}

function diffTables({ tables, earlier }: Versions): { tables: VersionDiff['tables']; unchanged: number } {
  const before = new Map(earlier.tables.map((table) => [table.table, table]));
  const now = new Map(tables.map((table) => [table.table, table]));
  const diffs: VersionDiff['tables'] = [];
  let unchanged = 0;
  for (const table of new Set([...now.keys(), ...before.keys()])) {
    const [old, current] = [before.get(table), now.get(table)];
    if (old && current && old.key === current.key && old.status === current.status) unchanged++;
    else diffs.push(diffTable(table, old, current));
  }
  return { tables: diffs.sort((a, b) => (a.table < b.table ? -1 : 1)), unchanged };
}

function diffTable(
  table: string,
  old: PublishedTable | undefined,
  current: PublishedTable | undefined,
): VersionDiff['tables'][number] {
  const [before, now] = [old?.columns ?? [], current?.columns ?? []];
  const kept = now.filter((column) => before.includes(column));
  return {
    table,
    ...(current === undefined ? {} : { status: current.status }),
    rowsBefore: old?.rows ?? 0,
    rows: current?.rows ?? 0,
    columnsAdded: now.filter((column) => !before.includes(column)),
    columnsRemoved: before.filter((column) => !now.includes(column)),
    reordered: before.filter((column) => now.includes(column)).some((column, at) => column !== kept[at]),
  };
}

function* diffArchives({ plan, earlierPlan }: Versions): Generator<undefined, VersionDiff['archives']> {
  const before = yield* merged(earlierPlan);
  const now = yield* merged(plan);
  const replacing = new Map<string, PlannedArchive>();
  const archives: VersionDiff['archives'] = { came: 0, went: 0, newKeys: [], superseded: [] };
  for (const [id, archive] of now) {
    replacing.set(archive.key, archive);
    if (before.has(id)) continue;
    archives.came++;
    yield;
  }
  const replaced = new Set<string>();
  for (const [id, { key, etag, bytes }] of before) {
    if (now.has(id)) continue;
    archives.went++;
    const by = replacing.get(key);
    if (by !== undefined) replaced.add(key);
    if (by !== undefined && archives.superseded.length < NAMED) {
      const [old, current] = [
        { etag, bytes },
        { etag: by.etag, bytes: by.bytes },
      ].map((object) => objectSchema.parse(object));
      archives.superseded.push({ key, before: old!, now: current! });
    }
    yield;
  }
  for (const [id, { key }] of now) {
    if (archives.newKeys.length === NAMED) break;
    if (!before.has(id) && !replaced.has(key)) archives.newKeys.push(key);
    yield;
  }
  return archives;
}

function* merged({ archives }: Plan): Generator<undefined, Map<string, PlannedArchive>> {
  const found = new Map<string, PlannedArchive>();
  for (const archive of archives) {
    const { archiveId, fate } = archive;
    if (archiveId !== undefined && (fate === 'merged' || fate === 'salvaged')) found.set(archiveId, archive);
    yield;
  }
  return found;
}
