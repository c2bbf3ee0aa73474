import { z } from 'zod';
import { findingSchema } from '../quality/finding.js';
import { archiveRefSchema } from './archive-ref.js';
import { columnTypeSchema } from './manifest.js';

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
});

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

export const schemaChangeSchema = z.object({
  kind: z.enum(['added', 'removed', 'reordered']),
  column: z.string(),
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
  /** A terminal reason why this table must not be merged (breach of contract); its rows count as "of failed tables". */
  refused: z.string().optional(),
});
export type TablePlan = z.infer<typeof tablePlanSchema>;

export const planTableSchema = z.object({
  table: z.string(),
  /** Version whose `plan/{table}.json` describes the table and whose `{table}.csv` holds it. */
  version: z.number().int().positive(),
});

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
  tables: z.array(planTableSchema),
  /** Members seen, by what became of them; the ledger balances these against the tables. */
  members: z.object({
    seen: z.number().int(),
    loaded: z.number().int(),
    quarantined: z.number().int(),
    duplicate: z.number().int(),
    skipped: z.number().int(),
  }),
  findings: z.array(findingSchema),
});
export type Plan = z.infer<typeof planSchema>;
export type Verdict = Plan['verdict'];
