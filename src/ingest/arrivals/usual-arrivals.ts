import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { addDays } from '../business-date.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import type { Usual } from './completeness.js';
import { readCompleteness } from './day-completeness.js';

/** How far back it is looked, and how many days are enough. */
const BACK = 14;
const DAYS = 7;

/** Archives per source of the newest published days before this one; what is not known is left out. */
export async function usualArrivals(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<Map<string, Usual>> {
  const usual = new Map<string, Usual>();
  let days = 0;
  for (let back = 1; back <= BACK && days < DAYS; back++) {
    const sources = await sourcesOf(store, layout.on(addDays(layout.date, -back)), options);
    if (sources === undefined) continue;
    days++;
    for (const { source, landed } of sources) {
      const known = usual.get(source) ?? { least: landed, most: landed, days: 0 };
      usual.set(source, {
        least: Math.min(known.least, landed),
        most: Math.max(known.most, landed),
        days: known.days + 1,
      });
    }
  }
  return usual;
}

async function sourcesOf(store: ObjectStore, layout: PartnerDayLayout, options: CallOptions) {
  try {
    const version = (await readPointer(store, layout, options))?.publication.version;
    return version === undefined
      ? undefined
      : (await readCompleteness(store, layout, version, options))?.sources;
  } catch (error) {
    // History is a help: an older day must not make this one fail.
    if (error instanceof UnreadableObjectError) return undefined;
    throw error;
  }
}
