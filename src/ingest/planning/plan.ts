import { z } from 'zod';
import { findingSchema } from '../../quality/finding.js';
import { archiveRefSchema } from '../archive-ref.js';
import { columnTypeSchema } from '../manifest.js';

/** What became of an announced or landed archive in this version. Every archive has exactly one. */
export const archiveFateSchema = z.enum([
  'merged',
  'salvaged',
  'quarantined',
  'duplicate',
  'superseded',
  'late',
  'missing',
]);
export type ArchiveFate = z.infer<typeof archiveFateSchema>;

export const plannedArchiveSchema = z.object({
  ...archiveRefSchema.partial({ etag: true, bytes: true }).shape,
  fate: archiveFateSchema,
  archiveId: z.string().optional(),
  rulesId: z.string().optional(),
  /** Of the archive's bytes, where it was read: the same archive sent again is known by it. */
  sha256: z.string().optional(),
  /** Bytes the extraction consumed; the ledger balances them against `bytes`. */
  consumed: z.number().int().nonnegative().optional(),
});
export type PlannedArchive = z.infer<typeof plannedArchiveSchema>;

/**
 * A contiguous run of rows with one header, inside one segment object. Neighbouring member ranges with the same
 * header are coalesced.
 */
export const plannedRangeSchema = z.object({
  key: z.string(),
  etag: z.string(),
  offset: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  crc32: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  /** Index into `TablePlan.headers`; 0 is always the table's own columns, so 0 = copy and any other = rewrite. */
  header: z.number().int().nonnegative(),
});
export type PlannedRange = z.infer<typeof plannedRangeSchema>;

/** Neighbouring ranges of a plan that the table of an earlier version holds as one run. */
const takenOverSchema = z.object({
  /** How many of the plan's ranges. */
  ranges: z.number().int().positive(),
  offset: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  crc32: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
});
export type TakenOver = z.infer<typeof takenOverSchema>;

/** What a merge may copy from an earlier version's table instead of from where it came: the same bytes, in one run. */
export const tableReuseSchema = z.object({
  key: z.string(),
  etag: z.string(),
  /** The first ranges of the plan, and the last ones. */
  first: takenOverSchema.optional(),
  last: takenOverSchema.optional(),
});
export type TableReuse = z.infer<typeof tableReuseSchema>;

/** Columns (and types) earlier days had: the reference for drift. */
export const columnHistorySchema = z.object({
  columns: z.array(z.string()),
  types: z.array(columnTypeSchema),
});
export type ColumnHistory = z.infer<typeof columnHistorySchema>;

export const schemaChangeSchema = z.object({
  kind: z.enum(['added', 'removed', 'reordered', 'renamed']),
  column: z.string(),
  /** `renamed`: the earlier column it may be. A suggestion. */
  was: z.string().optional(),
  /** Where it was seen first: archive key and member name. */
  archive: z.string(),
  member: z.string(),
  members: z.number().int(),
  rows: z.number().int(),
});
export type SchemaChange = z.infer<typeof schemaChangeSchema>;

/** Everything needed to build one table's CSV, and what it must contain. Written to `v{n}/plan/{table}.json`. */
export const tablePlanSchema = z.object({
  format: z.literal(1),
  table: z.string(),
  version: z.number().int().positive(),
  /** The table's columns, in output order. */
  columns: z.array(z.string()),
  /** Distinct member headers; `headers[0]` equals `columns`. */
  headers: z.array(z.array(z.string())),
  ranges: z.array(plannedRangeSchema),
  rows: z.number().int().nonnegative(),
  /** Members merged, quarantined, dropped as duplicates. */
  members: z.object({
    merged: z.number().int(),
    quarantined: z.number().int(),
    duplicate: z.number().int(),
  }),
  rowsRead: z.number().int().nonnegative(),
  rowsQuarantined: z.number().int().nonnegative(),
  rowsDuplicate: z.number().int().nonnegative(),
  /** Per output column, cells of absent columns included. */
  nulls: z.array(z.number().int().nonnegative()),
  types: z.array(columnTypeSchema),
  headerConsistent: z.boolean(),
  /** Columns of (union + expected) that at least one member lacks, in table order. */
  missingFields: z.array(z.string()),
  changes: z.array(schemaChangeSchema),
  findings: z.array(findingSchema),
  /** What drift was measured against; a later version of the date measures against the same. */
  reference: columnHistorySchema.optional(),
  /** A terminal reason why this table must not be merged (breach of contract); its rows count as "of failed tables". */
  refused: z.string().optional(),
  reuse: tableReuseSchema.optional(),
});
export type TablePlan = z.infer<typeof tablePlanSchema>;

export const tableHeadSchema = tablePlanSchema.omit({ ranges: true, headers: true, reuse: true });
/** A table's plan without its ranges: small, whatever the size of the day. */
export type TableHead = z.infer<typeof tableHeadSchema>;

/** What most readers want of a table's plan. Written beside it, to `v{n}/heads/{table}.json`. */
export const tableOutlineSchema = z.object({
  format: z.literal(1),
  head: tableHeadSchema,
  /** How many, and the bytes of all of them. */
  ranges: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
});
export type TableOutline = z.infer<typeof tableOutlineSchema>;

export const planTableSchema = z.object({
  table: z.string(),
  /** Version whose `plan/{table}.json` describes the table and whose `{table}.csv` holds it. */
  version: z.number().int().positive(),
});
export type PlanTable = z.infer<typeof planTableSchema>;

/** The head of version n. Creating `v{n}/plan.json` claims the version; its bytes are a pure function of the manifests. */
export const planSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  configKey: z.string(),
  verdict: z.enum(['complete', 'short', 'excess', 'unsigned']),
  /** Sorted by (source, key in UTF-8 byte order). */
  archives: z.array(plannedArchiveSchema),
  /** Counted where they arrive, not from `archives`: the other side of the ledger's first identity. */
  arrivals: z.object({
    announced: z.number().int(),
    landed: z.number().int(),
    /** Distinct archives announced or landed, in this version or an earlier one. */
    archives: z.number().int(),
    /** What the sources promised: by list, by number, or else what landed. */
    expected: z.number().int(),
    /** Announced by number only, and not there. */
    unnamed: z.number().int(),
  }),
  tables: z.array(planTableSchema),
  /** Members of all archives read, by what became of them; the ledger balances these against the tables. */
  members: z.object({
    seen: z.number().int(),
    loaded: z.number().int(),
    quarantined: z.number().int(),
    duplicate: z.number().int(),
    skipped: z.number().int(),
  }),
  /** Data rows read by the scanner, by what became of them; `loaded` includes those of refused tables. */
  rows: z.object({
    read: z.number().int(),
    loaded: z.number().int(),
    quarantined: z.number().int(),
    duplicate: z.number().int(),
    skipped: z.number().int(),
  }),
  findings: z.array(findingSchema),
  /** Version that wrote the index of these archives. Absent: there is none. */
  index: z.number().int().positive().optional(),
});
export type Plan = z.infer<typeof planSchema>;
export type Verdict = Plan['verdict'];
