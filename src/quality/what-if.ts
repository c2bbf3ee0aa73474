import { z } from 'zod';
import { rerunRemedies, resendRemedies } from './archive-remedies.js';
import { scoreOf } from './score.js';
import { type ScoredDay, scoreFacts } from './score-facts.js';
import { aliasRemedies, mergeRemedies } from './table-remedies.js';

export const whatIfSchema = z.object({
  action: z.enum(['resend', 'run', 'retry', 'alias', 'contract']),
  /** What to do, in words. */
  text: z.string(),
  /** Archives it concerns, the first of them. */
  archives: z.array(z.string()).optional(),
  tables: z.array(z.string()).optional(),
  /** The score as it is, and as it would be. */
  from: z.number().int(),
  to: z.number().int(),
});
export type WhatIf = z.infer<typeof whatIfSchema>;

const ARCHIVES_SHOWN = 20;

/**
 * What would raise the score, and to what: the largest gain first. The same formula over the day as it would be, under
 * the assumption that what is sent again is in order and like the rest. What is not sure to go away is taken to stay.
 */
export function whatIf(day: ScoredDay): WhatIf[] {
  const from = scoreOf(scoreFacts(day)).score;
  return [...resendRemedies(day), ...rerunRemedies(day), ...mergeRemedies(day), ...aliasRemedies(day)]
    .map(({ after, archives, ...remedy }) => ({
      ...remedy,
      ...(archives === undefined ? {} : { archives: archives.slice(0, ARCHIVES_SHOWN) }),
      from,
      to: scoreOf(scoreFacts(after)).score,
    }))
    .filter(({ to }) => to > from)
    .sort((a, b) => b.to - a.to);
}
