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
  const series = seriesBefore(today, earlier, scale);
  const days = series.days.length;
  const sameWeekday = series.days.filter((day) => (today - day) % 7 === 0).length;
  if (days < minDays || sameWeekday < minWeekdays) return { days, sameWeekday };
  const effects = weekdayEffects(series, minWeekdays);
  const flat = {
    ...series,
    values: series.values.map((value, index) => value - effects[series.days[index]! % 7]!),
  };
  const residuals: number[] = [];
  for (let index = LEVEL_VALUES; index < days; index++) {
    residuals.push(flat.values[index]! - level(flat, index, flat.days[index]!));
  }
  const expected = level(flat, days, today) + effects[today % 7]!;
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

/** In order of day. */
interface Series {
  days: readonly number[];
  values: Float64Array;
}

function seriesBefore(today: number, earlier: readonly Observation[], scale: Scale): Series {
  const points = earlier
    .map(({ date, value }) => ({ day: dayNumber(date), value: scaled(value, scale) }))
    .filter(({ day }) => day < today)
    .sort((a, b) => a.day - b.day);
  return { days: points.map(({ day }) => day), values: Float64Array.from(points, ({ value }) => value) };
}

/** By weekday: how far its values usually lie from those of the days around them. */
function weekdayEffects({ days, values }: Series, minWeekdays: number): number[] {
  const differences: number[][] = [[], [], [], [], [], [], []];
  let [first, end] = [0, 0];
  for (const [index, day] of days.entries()) {
    while (days[first]! < day - LEVEL_REACH) first++;
    while (end < days.length && days[end]! <= day + LEVEL_REACH) end++;
    differences[day % 7]!.push(values[index]! - median(values, first, end));
  }
  return differences.map((found) => (found.length < minWeekdays ? 0 : median(found)));
}

/** Of the three weeks before `day`; of the last values before it, where there are few. */
function level({ days, values }: Series, end: number, day: number): number {
  let first = end;
  while (first > 0 && days[first - 1]! >= day - LEVEL_DAYS) first--;
  return median(values, Math.max(0, Math.min(first, end - LEVEL_VALUES)), end);
}

function scaled(value: number, scale: Scale): number {
  return scale === 'relative' ? Math.log1p(value) : value;
}

/** Days since 1970-01-01. */
function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}
