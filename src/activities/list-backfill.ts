import { backfillDays, datesBetween, needsRun } from '../ingest/backfill-days.js';
import type { BackfillDays, ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';
import { requirePartner } from './require-partner.js';

export function listBackfill({ store, partners }: Dependencies): ControlActivities['listBackfill'] {
  return ({ partner, from, to }) =>
    withPulse(async ({ signal, progress }) => {
      const config = await requirePartner(partners, partner);
      const days: BackfillDays['days'] = [];
      for await (const day of backfillDays(store, config, datesBetween(from, to), { signal })) {
        days.push({ ...day, due: needsRun(day) });
        progress({ date: day.date });
      }
      return { days };
    });
}
