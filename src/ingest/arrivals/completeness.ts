import { z } from 'zod';
import { planSchema } from '../planning/plan.js';
import type { SourceArrivals } from './arrivals.js';

/** What earlier days brought from a source. */
export const usualSchema = z.object({
  /** Fewest and most archives of those days. */
  least: z.number().int().nonnegative(),
  most: z.number().int().nonnegative(),
  days: z.number().int().positive(),
});
export type Usual = z.infer<typeof usualSchema>;

/** Whether one source has sent what it was to send, and by what evidence. */
export const completenessSchema = z.object({
  source: z.string(),
  verdict: planSchema.shape.verdict,
  /**
   * `list`: archives announced by name. `number`: announced by number. `history`: what earlier days brought. `word`: it
   * said that it was complete. `none`: it said nothing.
   */
  evidence: z.enum(['list', 'number', 'history', 'word', 'none']),
  completedBy: z.enum(['signal', 'marker', 'manifest', 'deadline', 'sealed']),
  landed: z.number().int().nonnegative(),
  /** Archives it promised, where it did. */
  announced: z.number().int().nonnegative().optional(),
  missing: z.number().int().nonnegative(),
  unannounced: z.number().int().nonnegative(),
  usual: usualSchema.optional(),
});
export type Completeness = z.infer<typeof completenessSchema>;

/** Days that must be known before their numbers are evidence. */
const ENOUGH_DAYS = 3;
/** Less than this share of the fewest is short; more than the most by this factor is excess. */
const UNUSUAL = 2;

/** What a source announced outweighs what it usually sends, and that outweighs its mere word. */
export function completenessOf(source: SourceArrivals): Completeness {
  const { completedBy, usual } = source;
  const landed = new Set(source.landed.map((archive) => archive.key));
  const found = { source: source.source, completedBy, landed: landed.size, ...(usual ? { usual } : {}) };
  const listed = source.announced && new Set(source.announced.map((archive) => archive.key));
  const absent = [...(listed ?? [])].filter((key) => !landed.has(key)).length;
  if (source.announcedCount !== undefined) {
    // With a number beside it the list is only a part of what was announced.
    const announced = source.announcedCount;
    const missing = Math.max(absent, announced - landed.size, 0);
    const unannounced = Math.max(0, landed.size - announced);
    return {
      ...found,
      evidence: 'number',
      announced,
      missing,
      unannounced,
      ...verdict(missing, unannounced),
    };
  }
  if (listed !== undefined) {
    const unannounced = [...landed].filter((key) => !listed.has(key)).length;
    const counts = { announced: listed.size, missing: absent, unannounced };
    return { ...found, evidence: 'list', ...counts, ...verdict(absent, unannounced) };
  }
  const counts = { missing: 0, unannounced: 0 };
  const history = usual && unusual(landed.size, usual);
  if (history) return { ...found, ...counts, evidence: 'history', verdict: history };
  const said = completedBy !== 'sealed' && completedBy !== 'deadline';
  return said
    ? { ...found, ...counts, evidence: 'word', verdict: 'complete' }
    : { ...found, ...counts, evidence: 'none', verdict: 'unsigned' };
}

/** What is missing matters more than what came on top. */
function verdict(missing: number, unannounced: number): Pick<Completeness, 'verdict'> {
  return { verdict: missing > 0 ? 'short' : unannounced > 0 ? 'excess' : 'complete' };
}

function unusual(landed: number, { least, most, days }: Usual): 'short' | 'excess' | undefined {
  if (days < ENOUGH_DAYS) return undefined;
  if (landed * UNUSUAL < least) return 'short';
  return most > 0 && landed > most * UNUSUAL ? 'excess' : undefined;
}
