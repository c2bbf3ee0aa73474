import { z } from 'zod';
import { type Finding, findingSchema } from './finding.js';
import { type EachRule, PENALTY_RULES, type PenaltyRule } from './penalty-rules.js';
import type { ScoreFacts } from './score-facts.js';

/** Raised with every change of the formula: scores of two versions of it must not be compared. */
export const SCORE_FORMULA = 2;

export const penaltySchema = z.object({
  name: z.string(),
  /** Whole points, as counted in the score. */
  points: z.number().int().positive(),
  /** What it is for, in words. */
  because: z.string(),
  evidence: z.object({
    /** Findings that show it. */
    count: z.number().int().nonnegative(),
    /** The first of them. */
    first: z.array(findingSchema),
  }),
});
export type Penalty = z.infer<typeof penaltySchema>;

export const scoreSchema = z.object({
  formula: z.number().int(),
  /** 0-100 = 100 minus the points of all penalties. */
  score: z.number().int().min(0).max(100),
  /** In order of rank. */
  penalties: z.array(penaltySchema),
});
export type Score = z.infer<typeof scoreSchema>;

const EVIDENCE_SHOWN = 5;

/** The same facts, the same score. Penalties never sum to more than 100: the lowest-ranked are cut. */
export function scoreOf(facts: ScoreFacts, findings: readonly Finding[] = []): Score {
  let left = 100;
  const penalties: Penalty[] = [];
  for (const rule of PENALTY_RULES) {
    const { points, because } = costOf(rule, facts);
    const counted = Math.min(points, left);
    if (counted === 0) continue;
    left -= counted;
    const shown = findings.filter(rule.shows);
    const evidence = { count: shown.length, first: shown.slice(0, EVIDENCE_SHOWN) };
    penalties.push({ name: rule.name, points: counted, because, evidence });
  }
  return { formula: SCORE_FORMULA, score: left, penalties };
}

function costOf(rule: PenaltyRule, facts: ScoreFacts): { points: number; because: string } {
  if (rule.kind === 'each') {
    const subjects = facts.flagged[rule.name] ?? 0;
    return {
      points: Math.min(rule.most, rule.points * subjects),
      because: `${subjectsOf(rule, subjects)} with ${rule.what}`,
    };
  }
  const { part, whole } = rule.measure(facts);
  const points = part === 0 || whole === 0 ? 0 : Math.min(rule.most, Math.ceil((rule.most * part) / whole));
  return { points, because: `${part} of ${whole} ${rule.what}` };
}

function subjectsOf({ of }: EachRule, subjects: number): string {
  if (of === 'day') return 'the day';
  return subjects === 1 ? '1 table' : `${subjects} tables`;
}

/** The formula in words, one line per penalty. */
export function formulaText(): string[] {
  return [
    `formula ${SCORE_FORMULA}: 100 minus these points, in this order, until 100 are used up`,
    ...PENALTY_RULES.map((rule) =>
      rule.kind === 'each'
        ? `${rule.name}: ${rule.points} for ${rule.of === 'day' ? 'the day' : `each table, at most ${rule.most},`} with ${rule.what}`
        : `${rule.name}: ${rule.most} x share of ${rule.of}, rounded up (${rule.what})`,
    ),
  ];
}
