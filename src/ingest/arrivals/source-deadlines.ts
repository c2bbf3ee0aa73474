import { parseDeadline } from '../../config/deadline.js';
import type { PartnerConfig, SourceConfig } from '../../config/partner-config.js';
import { addDays, openingInstant } from '../business-date.js';

/** When a source of a partner-day must be complete, and what happens when it is not. Instants in ISO. */
export interface SourceDeadline {
  source: string;
  alertAt: string;
  at: string;
  policy: SourceConfig['afterDeadline'];
}

/**
 * The deadlines of a partner-day. A time of the day is the first such one after the day opens, in the partner's zone;
 * a duration counts from there too, or from the run's beginning where that is later.
 */
export function sourceDeadlines(config: PartnerConfig, date: string, startedAt: Date): SourceDeadline[] {
  const { opensAt, timeZone, dateOffset } = config;
  const local = addDays(date, -dateOffset);
  const opens = openingInstant(local, opensAt, timeZone);
  return config.sources.flatMap(({ id, deadline, beforeDeadline, afterDeadline }) => {
    if (deadline === undefined) return [];
    const parsed = parseDeadline(deadline);
    const at =
      'at' in parsed
        ? firstAfter(opens, local, parsed.at, timeZone)
        : new Date(Math.max(opens.getTime(), startedAt.getTime()) + parsed.after);
    const alertAt = new Date(at.getTime() - beforeDeadline);
    return [{ source: id, alertAt: alertAt.toISOString(), at: at.toISOString(), policy: afterDeadline }];
  });
}

function firstAfter(opens: Date, local: string, time: string, timeZone: string): Date {
  const same = openingInstant(local, time, timeZone);
  return same > opens ? same : openingInstant(addDays(local, 1), time, timeZone);
}
