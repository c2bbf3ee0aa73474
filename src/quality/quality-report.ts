import { z } from 'zod';
import { completenessSchema } from '../ingest/arrivals/completeness.js';
import type { Assessment } from './assess-day.js';
import { findingSchema } from './finding.js';
import { gateSchema } from './gate.js';
import { historyVerdictSchema } from './history-checks.js';
import { ruleResultSchema } from './rule-result.js';
import { formulaText, scoreSchema } from './score.js';
import { scoreFactsSchema } from './score-facts.js';
import { schemaEventSchema } from './timeline.js';
import { whatIfSchema } from './what-if.js';

/**
 * `quality.json` of a version: the verdict, and everything that is needed to prove it. `score` is 100 minus the points
 * of all `penalties`, each of which shows the first findings it is for. The numbers that later days are compared with
 * stand in `figures.json` (`DayFigures`), single findings of archives, members and rows in `summary.json`.
 */
export const qualityReportSchema = z.object({
  format: z.literal(2),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  ...scoreSchema.shape,
  /** The formula in words. */
  formulaText: z.array(z.string()),
  /** What went into the formula: the same facts give the same score. */
  facts: scoreFactsSchema,
  /** Published, published with a warning, or held, and why. Who decided on it: `decision` in `published.json`. */
  gate: gateSchema,
  /** Whether each source had sent everything, and by what evidence. */
  sources: z.array(completenessSchema),
  /** What was found by looking at the version as a whole; what planning found stands in `summary.json`. */
  checks: z.array(findingSchema),
  /** How the headers and types of the day changed, in the order of its archives. */
  timeline: z.array(schemaEventSchema),
  /** Rules across tables, in the order of the configuration. */
  rules: z.array(ruleResultSchema),
  /** Which earlier days it was compared with. `not enough history` is no fault of the day. */
  history: historyVerdictSchema,
  /** What would raise the score, the largest gain first. */
  whatIf: z.array(whatIfSchema),
});
export type QualityReport = z.infer<typeof qualityReportSchema>;

export function qualityReport(
  id: Pick<QualityReport, 'format' | 'partner' | 'date' | 'version'>,
  { score, facts, gate, sources, checks, timeline, rules, history, whatIf }: Assessment,
): QualityReport {
  return {
    ...id,
    ...score,
    formulaText: formulaText(),
    facts,
    gate,
    sources,
    checks,
    timeline,
    rules,
    history,
    whatIf,
  };
}

/** Reports of other formats are no reports: `undefined`. */
export const anyQualityReportSchema = z.union([
  qualityReportSchema,
  z.object({ format: z.literal(1) }).transform(() => undefined),
]);
