import type { PartnerConfig } from '../config/partner-config.js';
import { addDays, localDate } from '../ingest/business-date.js';
import { type PeriodKind, periodOf } from './period.js';

export interface DueReport {
  partner: string;
  /** Any date of the period. */
  date: string;
  period: Exclude<PeriodKind, 'day'>;
}

/** Days after a period during which a late day may still change it. */
const SETTLING_DAYS = 3;

/**
 * Run once a day: the week and the month that are still changing or have just ended, by each partner's calendar. A
 * period is written again until its days have settled, so that a day that comes late is in it.
 */
export function dueReports(partners: Iterable<PartnerConfig>, tick: Date): DueReport[] {
  const due: DueReport[] = [];
  for (const { id, enabled, timeZone, dateOffset } of partners) {
    if (!enabled) continue;
    const newest = addDays(localDate(tick, timeZone), dateOffset);
    for (const kind of ['week', 'month'] as const) {
      const starts = new Set(
        [newest, addDays(newest, -SETTLING_DAYS)].map((date) => periodOf(kind, date).from),
      );
      for (const date of starts) due.push({ partner: id, date, period: kind });
    }
  }
  return due;
}
