import { z } from 'zod';
import { type FindingCode, findingCodeSchema } from './finding-code.js';
import { measureSchema } from './measure.js';

/**
 * One typed fact about the data. Findings are data: text is rendered from them (`render-finding.ts`), never parsed back.
 * `severity`: `info` explains, `warning` costs trust, `error` means rows, members or archives are not in the table.
 */
export const findingSchema = z.object({
  code: findingCodeSchema,
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
  /** What was measured, and against what. */
  measure: measureSchema.optional(),
});
export type Finding = z.infer<typeof findingSchema>;
export type { FindingCode };
