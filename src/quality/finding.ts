import { z } from 'zod';

/**
 * One typed fact about the data. Findings are data: text is rendered from them (`render-finding.ts`), never parsed back.
 * `severity`: `info` explains, `warning` costs trust, `error` means rows, members or archives are not in the table.
 */
export const findingSchema = z.object({
  code: z.enum([
    // archive
    'archive-empty',
    'archive-not-gzip',
    'archive-cut',
    'archive-corrupt',
    'archive-no-end-marker',
    'archive-one-zero-block',
    'archive-trailing-data',
    'archive-hostile',
    'archive-limit',
    'archive-no-members',
    'archive-missing',
    'archive-duplicate',
    'archive-superseded',
    'archive-late',
    'archive-unreadable',
    'archive-unannounced',
    'archive-replaced',
    'worker-lost',
    // member
    'member-ignored',
    'member-unmatched-name',
    'member-unknown-table',
    'member-other-date',
    'member-nested-archive',
    'member-duplicate',
    'member-ambiguous',
    'member-name-reused',
    'member-empty',
    'member-no-header',
    'member-limit',
    'member-encoding',
    'member-dialect',
    'member-duplicate-column',
    'member-empty-column-name',
    'member-rejected',
    'member-missing',
    'member-unicode-twins',
    // row
    'row-short',
    'row-long',
    'row-quote',
    'row-nul',
    'row-limit',
    'row-encoding',
    'row-type',
    'row-unterminated-quote',
    // table
    'column-added',
    'column-removed',
    'column-reordered',
    'column-renamed',
    'column-retyped',
    'column-missing',
    'contract-breach',
    'null-ratio',
    'merge-failed',
    'table-without-members',
    'schema-unreadable',
  ]),
  severity: z.enum(['info', 'warning', 'error']),
  /** One English sentence fragment with the particulars, safe to print (control characters escaped). */
  detail: z.string(),
  table: z.string().optional(),
  column: z.string().optional(),
  /** Archive key relative to the store's root. */
  archive: z.string().optional(),
  /** Member name as in the archive, escaped. */
  member: z.string().optional(),
  /** 1-based data row within the member (header not counted). */
  row: z.number().int().optional(),
  /** 1-based physical line within the member. */
  line: z.number().int().optional(),
  /** Byte offset within the member (rows) or the archive (archives). */
  offset: z.number().int().optional(),
  /** How many times, when one finding stands for many. Default 1. */
  count: z.number().int().optional(),
});
export type Finding = z.infer<typeof findingSchema>;
export type FindingCode = Finding['code'];
