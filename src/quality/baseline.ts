import { median, robustSpread } from './robust.js';

/** One value of an earlier day. */
export interface Observation {
  /** YYYY-MM-DD */
  date: string;
  value: number;
}

/** `relative`: what counts is by which factor values differ (numbers of rows). `absolute`: by how much (shares, minutes). */
export type Scale = 'relative' | 'absolute';

export interface BaselineRules {
  scale: Scale;
  /** Differences up to this size are never unusual by themselves: a factor (0.005: half a per cent), or an amount. */
  floor: number;
  minDays: number;
  minWeekdays: number;
}

/** What earlier days let expect of a day. */
export interface Baseline {
  expected: number;
  days: number;
  sameWeekday: number;
  /** How far a value lies from the expected one, in robust standard deviations; negative below it. */
  deviations(value: number): number;
}

export interface NotEnoughHistory {
  days: number;
  sameWeekday: number;
}

/** Three weeks: each weekday counts the same. */
const LEVEL_DAYS = 21;
const LEVEL_REACH = 10;
const LEVEL_VALUES = 7;

/**
 * Expects the level of the last three weeks, corrected by what is usual for the weekday. The spread is how far the
 * same rule would have been off on the earlier days. Medians throughout: earlier incidents hardly count.
 */
export function baselineFor(
  date: string,
  earlier: readonly Observation[],
  { scale, floor, minDays, minWeekdays }: BaselineRules,
): Baseline | NotEnoughHistory {
  const today = dayNumber(date);
  const series = earlier
    .map(({ date: at, value }) => ({ day: dayNumber(at), value: scaled(value, scale) }))
    .filter(({ day }) => day < today)
    .sort((a, b) => a.day - b.day);
  const days = series.length;
  const sameWeekday = series.filter(({ day }) => (today - day) % 7 === 0).length;
  if (days < minDays || sameWeekday < minWeekdays) return { days, sameWeekday };
  const effects = weekdayEffects(series, minWeekdays);
  const flat = series.map(({ day, value }) => ({ day, value: value - (effects[day % 7] ?? 0) }));
  const residuals = flat.flatMap(({ day, value }, index) =>
    index < LEVEL_VALUES ? [] : [value - level(flat, index, day)],
  );
  const expected = level(flat, flat.length, today) + (effects[today % 7] ?? 0);
  // The weekday's effect is known from few days: the fewer, the wider.
  const spread = Math.max(robustSpread(residuals) * (1 + 2 / sameWeekday), floor);
  return {
    expected: scale === 'relative' ? Math.max(0, Math.expm1(expected)) : expected,
    days,
    sameWeekday,
    deviations: (value) => (scaled(value, scale) - expected) / spread,
  };
}

export function isBaseline(result: Baseline | NotEnoughHistory): result is Baseline {
  return 'expected' in result;
}

interface Point {
  day: number;
  value: number;
}

/** By weekday: how far its values usually lie from those of the days around them. */
function weekdayEffects(series: readonly Point[], minWeekdays: number): number[] {
  const differences: number[][] = [[], [], [], [], [], [], []];
  let [first, end] = [0, 0];
  for (const { day, value } of series) {
    while (series[first]!.day < day - LEVEL_REACH) first++;
    while (end < series.length && series[end]!.day <= day + LEVEL_REACH) end++;
    const around = series.slice(first, end).map((point) => point.value);
    differences[day % 7]!.push(value - median(around));
  }
  return differences.map((values) => (values.length < minWeekdays ? 0 : median(values)));
}

/** Of the three weeks before `day`; of the last values before it, where there are few. */
function level(series: readonly Point[], end: number, day: number): number {
  let first = end;
  while (first > 0 && series[first - 1]!.day >= day - LEVEL_DAYS) first--;
  first = Math.max(0, Math.min(first, end - LEVEL_VALUES));
  return median(series.slice(first, end).map(({ value }) => value));
}

function scaled(value: number, scale: Scale): number {
  return scale === 'relative' ? Math.log1p(value) : value;
}

/** Days since 1970-01-01. */
function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}
