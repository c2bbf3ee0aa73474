import { z } from 'zod';
import { findingSchema } from '../quality/finding.js';

/** What a report shows of `quality.json`, of versions written by any formula. */
export const qualityViewSchema = z.object({
  formula: z.number().int(),
  formulaText: z.array(z.string()).default([]),
  penalties: z.array(
    z.object({
      name: z.string(),
      points: z.number().int(),
      because: z.string(),
      evidence: z
        .object({ count: z.number().int(), first: z.array(findingSchema) })
        .optional()
        .catch(undefined),
    }),
  ),
  gate: z.object({ outcome: z.enum(['publish', 'warn', 'hold']), because: z.array(z.string()) }).optional(),
  timeline: z
    .array(
      z.object({
        table: z.string(),
        kind: z.enum(['added', 'removed', 'reordered', 'renamed', 'retyped']),
        column: z.string(),
        was: z.string().optional(),
        archive: z.string().optional(),
        member: z.string().optional(),
        batch: z.string().optional(),
        members: z.number().int().optional(),
        rows: z.number().int().optional(),
        atMost: z.literal(true).optional(),
      }),
    )
    .optional(),
  history: z.object({ verdict: z.string(), days: z.number(), needed: z.number() }).optional(),
  whatIf: z.array(z.object({ text: z.string(), from: z.number(), to: z.number() })).default([]),
});
export type QualityView = z.infer<typeof qualityViewSchema>;
export type TimelineEvent = NonNullable<QualityView['timeline']>[number];
