import { z } from 'zod';

/** What a finished merge wrote. Deterministic: whoever merges the table again writes the same receipt. */
export const mergeReceiptSchema = z.object({
  format: z.literal(1),
  table: z.string(),
  version: z.number().int().positive(),
  key: z.string(),
  etag: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Data rows: planned ones of ranges the store copied, counted ones of ranges that were rewritten. */
  rows: z.number().int().nonnegative(),
  crc32: z.number().int().nonnegative(),
  /** Parts of the upload that made the table. */
  parts: z.number().int().positive(),
  /** Source bytes read by the worker; the other bytes never left the store. */
  workerBytesPredicted: z.number().int().nonnegative(),
  workerBytes: z.number().int().nonnegative(),
  /** Rows and bytes that were written in another column order than they were read. */
  rewrittenRows: z.number().int().nonnegative(),
  rewrittenBytes: z.number().int().nonnegative(),
  /** Output bytes of each range that lost columns, in plan order: of these alone the plan cannot tell. */
  shrunkBytes: z.array(z.number().int().nonnegative()).optional(),
});
export type MergeReceipt = z.infer<typeof mergeReceiptSchema>;
