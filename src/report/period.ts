import { addDays } from '../ingest/business-date.js';

export const PERIODS = ['day', 'week', 'month'] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** Days of the strip on the page of one day. */
const CONTEXT_DAYS = 30;

export interface Period {
  kind: PeriodKind;
  /** As in `2026-11-21`, `2026-W47`, `2026-11`. */
  id: string;
  from: string;
  to: string;
  /** Dates a report of it looks at, in order: of one day the days before it, too. */
  dates: string[];
}

/** The day, the ISO week (Monday to Sunday) or the month that a date belongs to. */
export function periodOf(kind: PeriodKind, date: string): Period {
  if (kind === 'day') {
    return {
      kind,
      id: date,
      from: date,
      to: date,
      dates: datesBetween(addDays(date, 1 - CONTEXT_DAYS), date),
    };
  }
  if (kind === 'week') {
    const from = addDays(date, -weekdayOf(date));
    const to = addDays(from, 6);
    return { kind, id: isoWeek(from), from, to, dates: datesBetween(from, to) };
  }
  const from = `${date.slice(0, 7)}-01`;
  const next = addDays(from, 31).slice(0, 7);
  const to = addDays(`${next}-01`, -1);
  return { kind, id: date.slice(0, 7), from, to, dates: datesBetween(from, to) };
}

/** The whole period before. */
export function periodBefore({ kind, from }: Period): Period {
  return periodOf(kind, addDays(from, -1));
}

/** Monday is 0. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** A week belongs to the year of its Thursday. */
function isoWeek(monday: string): string {
  const thursday = addDays(monday, 3);
  const year = thursday.slice(0, 4);
  const days = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / 86_400_000;
  return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}

function datesBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}
