import { z } from 'zod';
import { archiveRefSchema } from './archive-ref.js';
import type { Verdict } from './plan.js';

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
  let signed = true;
  let excess = false;
  for (const source of arrivals.sources) {
    const landed = new Set(source.landed.map((archive) => archive.key));
    if (source.announced) {
      const announced = new Set(source.announced.map((archive) => archive.key));
      for (const key of announced) if (!landed.has(key)) return 'short';
      // With a number beside it the list is only a part of what was announced.
      if (source.announcedCount === undefined) {
        for (const key of landed) if (!announced.has(key)) excess = true;
      }
    }
    if (source.announcedCount !== undefined) {
      if (landed.size < source.announcedCount) return 'short';
      if (landed.size > source.announcedCount) excess = true;
    } else if (!source.announced && (source.completedBy === 'sealed' || source.completedBy === 'deadline')) {
      signed = false;
    }
  }
  if (excess) return 'excess';
  return signed ? 'complete' : 'unsigned';
}
