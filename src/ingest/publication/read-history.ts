import type { PartnerConfig } from '../../config/partner-config.js';
import { type DayFigures, dayFiguresSchema } from '../../quality/day-figures.js';
import { History, type LeftOut } from '../../quality/history.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { addDays } from '../business-date.js';
import { readJson } from '../documents/json-object.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import { type PartnerDayLayout, partnerPrefix } from '../layout.js';
import { publicationSchema } from './publication.js';

const AT_ONCE = 8;
/** Sorts after every key of a day. */
const LAST = '\u{10ffff}';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * What the days before this one published, in the version readers see now. A day that published nothing, or left no
 * figures, is left out: history is a help, and nothing of it may keep this day from being published.
 */
export async function readHistory(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { quality }: Pick<PartnerConfig, 'quality'>,
  options: CallOptions = {},
): Promise<History> {
  const dates = await daysBefore(store, layout, quality.history.days, options);
  const found: DayFigures[] = [];
  const unusable: LeftOut[] = [];
  for (let next = 0; next < dates.length; next += AT_ONCE) {
    const days = dates.slice(next, next + AT_ONCE);
    for (const day of await Promise.all(days.map((date) => figuresOn(store, layout.on(date), options)))) {
      if ('why' in day) unusable.push(day);
      else found.push(day);
    }
  }
  return new History(found, unusable, quality);
}

async function figuresOn(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions,
): Promise<DayFigures | LeftOut> {
  const { date } = layout;
  try {
    const publication = await readJson(store, layout.published, publicationSchema, options);
    if (publication === undefined) return { date, why: 'nothing of it is published' };
    const { figures } = layout.version(publication.version);
    return (await readJson(store, figures, dayFiguresSchema, options)) ?? { date, why: 'it left no figures' };
  } catch (error) {
    if (error instanceof UnreadableObjectError) return { date, why: 'its figures cannot be read' };
    throw error;
  }
}

/** One listing request per day that exists, whatever the number of objects in it. */
async function daysBefore(
  store: ObjectStore,
  { partner, date }: PartnerDayLayout,
  count: number,
  options: CallOptions,
): Promise<string[]> {
  const prefix = partnerPrefix(partner);
  const days: string[] = [];
  let after = prefix + addDays(date, -count);
  for (;;) {
    const name = await firstName(store, prefix, after, options);
    if (name === undefined || name >= date) return days;
    if (DATE.test(name)) days.push(name);
    after = `${prefix}${name}/${LAST}`;
  }
}

async function firstName(
  store: ObjectStore,
  prefix: string,
  startAfter: string,
  options: CallOptions,
): Promise<string | undefined> {
  for await (const { key } of store.list(prefix, { ...options, startAfter }))
    return key.slice(prefix.length).split('/')[0];
  return undefined;
}
