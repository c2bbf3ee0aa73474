import { z } from 'zod';
import { archiveRefSchema } from '../archive-ref.js';
import type { Verdict } from '../planning/plan.js';
import { completenessOf, usualSchema } from './completeness.js';

/** What a source says it sent: an object next to the archives, or one named by a signal. */
export const announcementSchema = z.object({
  archives: z.array(
    z.object({
      /** Relative to the source's landing prefix, or a whole key below it. */
      name: z.string().min(1),
      bytes: z.number().int().nonnegative().optional(),
    }),
  ),
});

/** One source, once the day is sealed. */
export const sourceArrivalsSchema = z.object({
  source: z.string(),
  completedBy: z.enum(['signal', 'marker', 'manifest', 'deadline', 'sealed']),
  /** Announced keys, when the source named them. */
  announced: z.array(z.object({ key: z.string(), bytes: z.number().int().optional() })).optional(),
  /** How many archives it says it sent, when it gave only a number. */
  announcedCount: z.number().int().optional(),
  /** In UTF-8 byte order of key. */
  landed: z.array(archiveRefSchema),
  /** What earlier days brought, when enough of them are known. */
  usual: usualSchema.optional(),
});
export type SourceArrivals = z.infer<typeof sourceArrivalsSchema>;

/** What a sealed day consists of. Planning reads this and the manifests, nothing else. */
export const arrivalsSchema = z.object({
  format: z.literal(1),
  sources: z.array(sourceArrivalsSchema),
  /** Announced names that are not keys of their source. */
  refused: z.array(z.string()),
});
export type Arrivals = z.infer<typeof arrivalsSchema>;

/**
 * `short` before `excess`: what is missing matters more than what came on top. `unsigned`: some source never said that
 * it was complete.
 */
export function verdictOf(arrivals: Arrivals): Verdict {
  const verdicts = new Set(arrivals.sources.map((source) => completenessOf(source).verdict));
  for (const verdict of ['short', 'excess', 'unsigned'] as const) if (verdicts.has(verdict)) return verdict;
  return 'complete';
}
