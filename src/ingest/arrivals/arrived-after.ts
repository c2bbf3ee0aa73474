import type { PartnerConfig } from '../../config/partner-config.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { addDays, openingInstant } from '../business-date.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Plan } from '../planning/plan.js';
import { Landing } from './landing.js';

const MINUTE = 60_000;
/** Later than this a day was filled in, or its archives were copied: that says nothing about lateness. */
const LATEST = 3 * 24 * 60;

/**
 * Minutes from the opening of the day to the arrival of the last of its archives, by the clock of the store. A fact
 * about what landed: whoever asks later gets the same answer. `undefined` when one of them is gone, or when
 * that was days later.
 */
export async function arrivedAfter(
  store: ObjectStore,
  { partner, date }: PartnerDayLayout,
  { sources, opensAt, timeZone, dateOffset }: PartnerConfig,
  { archives }: Plan,
  options: CallOptions = {},
): Promise<number | undefined> {
  const awaited = new Set(
    archives.flatMap(({ key, etag, fate }) =>
      etag === undefined || fate === 'superseded' ? [] : [`${key} ${etag}`],
    ),
  );
  if (awaited.size === 0) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const prefix of new Set(sources.map((source) => new Landing(source, partner, date).prefix))) {
    for await (const { key, etag, lastModified } of store.list(prefix, options)) {
      if (!awaited.delete(`${key} ${etag}`)) continue;
      if (lastModified === undefined) return undefined;
      last = Math.max(last, lastModified.getTime());
    }
  }
  if (awaited.size > 0) return undefined;
  const opening = openingInstant(addDays(date, -dateOffset), opensAt, timeZone);
  const minutes = Math.floor((last - opening.getTime()) / MINUTE);
  return minutes > LATEST ? undefined : minutes;
}
