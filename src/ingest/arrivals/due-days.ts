import type { PartnerConfig } from '../../config/partner-config.js';
import { addDays, localDate, openingInstant } from '../business-date.js';

const TICK = 3_600_000;

/**
 * Partner-days that open in the hour that ends with the scheduled tick: `(tick - 1 h, tick]`. Every opening falls into
 * exactly one tick, on days of 23 and 25 hours too.
 */
export function dueDays(partners: Iterable<PartnerConfig>, tick: Date): { partner: string; date: string }[] {
  const due: { partner: string; date: string }[] = [];
  for (const partner of partners) {
    if (!partner.enabled) continue;
    const today = localDate(tick, partner.timeZone);
    for (const local of [addDays(today, -1), today]) {
      const opening = openingInstant(local, partner.opensAt, partner.timeZone).getTime();
      if (opening > tick.getTime() - TICK && opening <= tick.getTime()) {
        due.push({ partner: partner.id, date: addDays(local, partner.dateOffset) });
      }
    }
  }
  return due;
}
