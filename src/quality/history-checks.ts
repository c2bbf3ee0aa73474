import { z } from 'zod';
import type { QualityConfig } from '../config/quality-config.js';
import { type Baseline, baselineFor, isBaseline, type Observation } from './baseline.js';
import { confidenceOf } from './confidence.js';
import type { DayFigures } from './day-figures.js';
import type { Finding } from './finding.js';
import type { History } from './history.js';
import { type Metric, metricsOf } from './metrics.js';
import { compareRatio, formatPercent } from './ratio.js';

/** What earlier days can say about a day. */
export const historyVerdictSchema = z.object({
  verdict: z.enum(['enough history', 'not enough history']),
  /** Earlier days that could be learned from, and how many it takes. */
  days: z.number().int(),
  needed: z.number().int(),
  from: z.string().optional(),
  to: z.string().optional(),
  leftOut: z.array(z.object({ date: z.string(), why: z.string() })),
  /** Numbers of the day that were compared, and those for which there are not enough earlier days. */
  compared: z.number().int(),
  notCompared: z.number().int(),
});
export type HistoryVerdict = z.infer<typeof historyVerdictSchema>;

export interface HistoryChecks {
  history: HistoryVerdict;
  findings: Finding[];
}

/** Compares a day with the days before it. Nothing is said where too little is known. */
export function historyChecks(
  today: DayFigures,
  history: History,
  quality: QualityConfig,
  options: { announced: boolean },
): HistoryChecks {
  const findings: Finding[] = [];
  let [compared, notCompared] = [0, 0];
  const { minDays, minWeekdays } = quality.history;
  for (const metric of metricsOf(today, quality, options)) {
    const series = history.series(metric.table, metric.figure);
    if (series.length < minDays) {
      notCompared++;
      continue;
    }
    if (isFarFromUnusual(metric, series)) {
      compared++;
      continue;
    }
    const { scale, floor } = metric;
    const baseline = baselineFor(today.date, series, { scale, floor, minDays, minWeekdays });
    if (!isBaseline(baseline)) {
      notCompared++;
      continue;
    }
    compared++;
    const finding = judge(metric, baseline, today.date, quality.history.deviations);
    if (finding !== undefined && !isSaid(finding, findings)) findings.push(finding);
  }
  const days = history.days.length;
  return {
    findings,
    history: {
      verdict: days < minDays ? 'not enough history' : 'enough history',
      days,
      needed: minDays,
      ...(days === 0 ? {} : { from: history.days[0]!.date, to: history.days.at(-1)!.date }),
      leftOut: history.leftOut,
      compared,
      notCompared,
    },
  };
}

/** Shares of nulls are many, and most are what they always are: a rise that small needs no baseline. */
function isFarFromUnusual({ unit, today, threshold }: Metric, series: readonly Observation[]): boolean {
  if (unit !== 'share' || threshold === 0) return false;
  return series.every(({ value }) => today - value < threshold / 2);
}

/** Fewer archives are said to be missing, or to be fewer, but not both. */
function isSaid({ code, measure }: Finding, findings: readonly Finding[]): boolean {
  return (
    code === 'volume-change' &&
    findings.some((other) => other.code === 'archive-missing' && other.measure?.value === measure?.value)
  );
}

function judge(metric: Metric, baseline: Baseline, date: string, needed: number): Finding | undefined {
  const expected = metric.unit === 'share' ? baseline.expected : Math.round(baseline.expected);
  if (!reaches(metric, expected)) return undefined;
  const deviations = baseline.deviations(metric.today);
  const distance = Math.abs(deviations);
  const isEstimate = metric.direction === 'down';
  // That something may be missing is worth saying before it is sure.
  if (distance < (isEstimate ? needed / 2 : needed)) return undefined;
  const { code, table, column, today, threshold } = metric;
  const { days, sameWeekday } = baseline;
  const confidence = confidenceOf(deviations, days);
  const known = `confidence ${Math.round(confidence * 100)}%, from ${days} days, ${sameWeekday} of them ${weekday(date)}s`;
  return {
    code,
    severity: distance < needed ? 'info' : 'warning',
    ...(table === undefined ? {} : { table }),
    ...(column === undefined ? {} : { column }),
    detail: `${words(metric, expected)} (${known})`,
    measure: {
      value: rounded(today),
      expected: rounded(expected),
      threshold,
      basis: 'history',
      days,
      sameWeekday,
      deviations: Math.round(deviations * 10) / 10,
      confidence,
    },
  };
}

/** Exact at the boundary: counts in whole numbers, shares in millionths. */
function reaches({ unit, direction, today, threshold }: Metric, expected: number): boolean {
  const change = today - expected;
  if (change === 0 || (direction === 'down' && change > 0) || (direction === 'up' && change < 0))
    return false;
  if (unit === 'share') return Math.round(change * 1e6) >= Math.round(threshold * 1e6);
  if (unit === 'minutes') return change >= threshold;
  return expected === 0 || compareRatio(Math.abs(change), expected, threshold) >= 0;
}

function words({ code, unit, today }: Metric, expected: number): string {
  if (unit === 'share')
    return `${percent(today)} of its cells are null, earlier days let expect ${percent(expected)}`;
  if (unit === 'minutes')
    return `the last archive arrived ${duration(today)} after the day opened, earlier days let expect ${duration(expected)}`;
  const change = Math.abs(today - expected);
  const share = expected === 0 ? '' : `${formatPercent(change, expected)} `;
  if (code === 'archive-missing' || code === 'member-missing')
    return `${today} ${unit}, earlier days let expect ${expected}: ${share}are missing`;
  return `${today} ${unit}, ${share}${today < expected ? 'fewer' : 'more'} than the ${expected} that earlier days let expect`;
}

function percent(share: number): string {
  return `${(Math.round(share * 1000) / 10).toFixed(1)}%`;
}

function duration(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  const sign = minutes < 0 ? '-' : '';
  return `${sign}${Math.floor(whole / 60)}h${String(whole % 60).padStart(2, '0')}m`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function weekday(date: string): string {
  return WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
