import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { byKey } from '../../store/utf8-order.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import { type Arrivals, arrivalsSchema, type SourceArrivals } from './arrivals.js';
import { readCompleteness } from './day-completeness.js';
import type { Observed } from './observe-landing.js';
import { usualArrivals } from './usual-arrivals.js';

export interface SealedSource {
  seen: Observed;
  /** `undefined`: nothing of this run says that it is complete. */
  completedBy: SourceArrivals['completedBy'] | undefined;
}

/**
 * What a day consists of once it is sealed. What a source said before the published version was sealed stands until it
 * says something else, so that a late archive does not turn a complete day into an unsigned one.
 */
export async function sealedArrivals(
  store: ObjectStore,
  layout: PartnerDayLayout,
  sources: readonly SealedSource[],
  options: CallOptions = {},
): Promise<Arrivals> {
  const earlier = await earlierArrivals(store, layout, options);
  const usual = earlier === undefined ? await usualArrivals(store, layout, options) : undefined;
  return {
    format: 1,
    sources: sources.map(({ seen, completedBy }): SourceArrivals => {
      const { id } = seen.source;
      const before = earlier?.sources.find(({ source }) => source === id);
      const announced = announcedNow(seen, before);
      const announcedCount = seen.announcedCount ?? before?.announcedCount;
      const known = before?.usual ?? usual?.get(id);
      return {
        source: id,
        completedBy: completedBy ?? before?.completedBy ?? 'sealed',
        landed: [...seen.landed].sort(byKey),
        ...(announced ? { announced: announced.sort(byKey) } : {}),
        ...(announcedCount === undefined ? {} : { announcedCount }),
        ...(known === undefined ? {} : { usual: known }),
      };
    }),
    refused: sources.flatMap(({ seen }) => seen.refused),
  };
}

async function earlierArrivals(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions,
): Promise<Arrivals | undefined> {
  const version = (await readPointer(store, layout, options))?.publication.version;
  const record = version === undefined ? undefined : await readCompleteness(store, layout, version, options);
  return record && readJson(store, record.arrivalsKey, arrivalsSchema, options);
}

/** A manifest object is the whole truth; what is announced by message comes on top of what was there. */
function announcedNow(
  { announced, source }: Observed,
  before: SourceArrivals | undefined,
): NonNullable<SourceArrivals['announced']> | undefined {
  if (before === undefined || announced === undefined || source.manifest !== undefined)
    return (announced ?? before?.announced)?.slice();
  const known = before.announced ?? before.landed.map(({ key, bytes }) => ({ key, bytes }));
  return [...new Map([...known, ...announced].map((archive) => [archive.key, archive])).values()];
}
