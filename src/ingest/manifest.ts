import { z } from 'zod';
import { findingSchema } from '../quality/finding.js';
import { archiveRefSchema } from './archive-ref.js';

/** The types a column's non-null values can have, narrowest that holds for every value. `null`: no value seen. */
export const columnTypeSchema = z.enum([
  'null',
  'boolean',
  'integer',
  'decimal',
  'date',
  'timestamp',
  'text',
]);
export type ColumnType = z.infer<typeof columnTypeSchema>;

/** A byte range of a segment object: rows only, canonical form, final LF. */
export const rangeSchema = z.object({
  /** Index into `Manifest.objects`. */
  object: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  crc32: z.number().int().nonnegative(),
});

/** As `Checkpoint`; `at` counts from the beginning of the member's range. */
const checkpointSchema = z.object({
  row: z.number().int().nonnegative(),
  line: z.number().int().positive(),
  at: z.number().int().nonnegative(),
  offset: z.number().int().nonnegative().optional(),
  loose: z.literal(true).optional(),
});

export const manifestMemberSchema = z.object({
  /** 0-based position among all entries of the archive. */
  position: z.number().int().nonnegative(),
  /** As in the archive, control characters escaped. */
  name: z.string(),
  /** `loaded`: its rows may be merged. The others carry a reason in `findings`. */
  outcome: z.enum(['loaded', 'quarantined', 'duplicate', 'skipped']),
  table: z.string().optional(),
  batch: z.string().optional(),
  /** Index into `Manifest.headers` (canonical names after aliases and NFC). Absent where no header could be read. */
  header: z.number().int().optional(),
  /** Bytes of the member as it stands in the archive, and their CRC32. */
  bytes: z.number().int().nonnegative(),
  crc32: z.number().int().nonnegative(),
  /** SHA-256 of the member's bytes, hex; only where it was asked for (`inspect`). */
  sha256: z.string().optional(),
  /** Data rows read by the scanner = rows written to the range + rows quarantined. */
  rows: z.number().int().nonnegative(),
  rowsQuarantined: z.number().int().nonnegative(),
  /** Rows in the range, in the member's header order. Absent when no row was written. */
  range: rangeSchema.optional(),
  /** The same rows once more, with the columns the table's rules keep aside (in their order) only. */
  aside: rangeSchema.optional(),
  /** Null cells per column of the header, over the rows in the range. */
  nulls: z.array(z.number().int().nonnegative()).optional(),
  /** Per column of the header, over the rows in the range. */
  types: z.array(columnTypeSchema).optional(),
  /** Where rows of the range stand in the member; absent: the first is on line 2, and no other is needed. */
  checkpoints: z.array(checkpointSchema).optional(),
});
export type ManifestMember = z.infer<typeof manifestMemberSchema>;

/**
 * The record of one archive. Writing it, last, commits the archive: nothing of an archive without a manifest is ever
 * merged, and an archive with one is never read again under the same rules.
 */
export const manifestSchema = z.object({
  format: z.literal(1),
  archive: archiveRefSchema,
  archiveId: z.string(),
  rulesId: z.string(),
  /** `whole`: read to its end. `salvaged`: whole members before a cut. `rejected`: nothing of it may be merged. */
  outcome: z.enum(['whole', 'salvaged', 'rejected']),
  /** SHA-256 of the archive's bytes (hex): the same archive under two names is found by it. */
  sha256: z.string(),
  /** Bytes of the archive consumed; equals `archive.bytes` (the ledger checks it). */
  bytesConsumed: z.number().int().nonnegative(),
  /** Segment objects, in the order written. `name` is the last key segment below the archive's extract prefix. */
  objects: z.array(
    z.object({
      name: z.string(),
      etag: z.string(),
      bytes: z.number().int().nonnegative(),
      crc32: z.number().int().nonnegative(),
    }),
  ),
  /** Distinct headers, in order of first appearance. */
  headers: z.array(z.array(z.string())),
  members: z.array(manifestMemberSchema),
  /** Key (below the partner-day's quarantine prefix) of this archive's quarantined rows, when there are any. */
  quarantine: z.string().optional(),
  findings: z.array(findingSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
