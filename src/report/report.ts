import type { PartnerConfig } from '../config/partner-config.js';
import { type DayFacts, stateOf } from './day-facts.js';
import type { Lineage } from './lineage.js';
import type { Period } from './period.js';

/** Everything a report shows; the page, the text and the JSON are made of it alone. */
export interface Report {
  partner: string;
  name?: string;
  period: Period;
  /** Of the period; of a single day with the days before it. In order of date. */
  days: DayFacts[];
  /** Scores of the period before, for comparison. */
  scoresBefore: number[];
  /** Of a single day. */
  lineage?: Lineage;
  config: Pick<PartnerConfig, 'quality' | 'sources' | 'consumers' | 'timeZone'>;
  /** Hash of the configuration the newest version was made with. */
  configHash?: string;
  /** Address of the run in the Temporal Web UI. */
  workflowUrl?: string;
  codeVersion: string;
  generatedAt: string;
}

/** The days that are reported on: of a single day only that one. */
export function reportedDays({ period, days }: Report): DayFacts[] {
  return days.filter(({ date }) => date >= period.from && date <= period.to);
}

/** The newest of them that has anything to show. */
export function focusOf(report: Report): DayFacts | undefined {
  return reportedDays(report)
    .filter(({ publication }) => publication !== undefined)
    .at(-1);
}

export function scoresOf(days: readonly DayFacts[]): number[] {
  return days.flatMap(({ publication }) => (publication === undefined ? [] : [publication.score]));
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How many days are in each state. */
export function stateCounts(days: readonly DayFacts[]): Record<ReturnType<typeof stateOf>, number> {
  const counts = { good: 0, warned: 0, bad: 0, held: 0, none: 0 };
  for (const day of days) counts[stateOf(day)]++;
  return counts;
}
