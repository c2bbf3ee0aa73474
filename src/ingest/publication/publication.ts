import { z } from 'zod';
import { gateSchema } from '../../quality/gate.js';
import { decisionSchema } from './record-decision.js';

/** One table as readers find it in `published.json`. */
export const publishedTableSchema = z.object({
  table: z.string(),
  /** `merged`: `key` is this version's rows. `stale`: an earlier version of this date. `failed`: no rows for this date. */
  status: z.enum(['merged', 'failed', 'stale']),
  key: z.string().optional(),
  bytes: z.number().int().optional(),
  rows: z.number().int().optional(),
  crc32: z.number().int().optional(),
  etag: z.string().optional(),
  /** Version whose plan the rows at `key` follow. */
  version: z.number().int().optional(),
  columns: z.array(z.string()).optional(),
  error: z.string().optional(),
  /** Newest earlier day with a good table, when this one failed. */
  lastGood: z.object({ date: z.string(), version: z.number().int(), key: z.string() }).optional(),
});
export type PublishedTable = z.infer<typeof publishedTableSchema>;

/** The pointer readers follow: written by one conditional write, so they see one version or the other, never a mix. */
export const publicationSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  status: z.enum(['published', 'held']),
  publishedAt: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  tables: z.array(publishedTableSchema),
  score: z.number().int().min(0).max(100),
  /** What its quality said: publish, publish with a warning, or hold; and why. */
  gate: gateSchema.optional(),
  /** Who released it, and why, where it was held. */
  decision: decisionSchema.optional(),
  summaryKey: z.string(),
  ledgerKey: z.string(),
});
export type Publication = z.infer<typeof publicationSchema>;
