import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PartnerConfig } from '../../config/partner-config.js';
import { canonicalJson } from '../../config/rules-id.js';
import { findingSchema } from '../../quality/finding.js';
import { countedSchema } from '../extraction/finding-log.js';
import { manifestSchema } from '../manifest.js';
import { planTableSchema } from './plan.js';

const count = z.number().int().nonnegative();
/** Read, loaded, quarantined, duplicate, skipped. */
const tallySchema = z.tuple([count, count, count, count, count]);
const findingsSchema = z.object({ findings: z.array(findingSchema), more: z.array(countedSchema) });

/** What became of an archive that has a manifest. */
export const archiveRecordSchema = z.object({
  outcome: manifestSchema.shape.outcome,
  members: tallySchema,
  rows: tallySchema,
  /** Its entries in the index of members. */
  names: count,
  /** The tables it gives shares to: index into `ArchiveIndex.tableSets`. */
  tables: count,
  /** Findings about the archive itself, and about members that belong to no table. */
  told: findingsSchema.optional(),
  aside: findingsSchema.optional(),
});
export type ArchiveRecord = z.infer<typeof archiveRecordSchema>;

/** What the next version needs to know of a version's archives. */
export const archiveIndexSchema = z.object({
  format: z.literal(1),
  /** Of the settings that decide what becomes of members. With others everything is decided again. */
  planningRules: z.string(),
  /** With the version that wrote its shares: they may change where the plan of the table does not. */
  tables: z.array(planTableSchema),
  /** Indices into `tables`; most archives of a day hold the same tables. The first set is empty. */
  tableSets: z.array(z.array(count)),
  /** CRC32 of the index of members. */
  membersCrc32: count,
  /** Of the archives in the plan that have a manifest, in its order. */
  archives: z.array(archiveRecordSchema),
});
export type ArchiveIndex = z.infer<typeof archiveIndexSchema>;

export const TALLY = { read: 0, loaded: 1, quarantined: 2, duplicate: 3, skipped: 4 } as const;
export type Became = Exclude<keyof typeof TALLY, 'read'>;
export type ArchiveTally = ArchiveRecord['members'];

/** Identity of the settings that planning depends on. */
export function planningRules({ tables, contract, members }: PartnerConfig): string {
  return createHash('sha256')
    .update(canonicalJson({ tables, contract, onReusedName: members.onReusedName }))
    .digest('hex')
    .slice(0, 16);
}
