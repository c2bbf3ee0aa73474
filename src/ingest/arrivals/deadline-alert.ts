import type { PartnerConfig } from '../../config/partner-config.js';
import { deadlineAlert } from '../../quality/deadline-alert.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';
import { writeAlertOnce } from '../publication/write-alert.js';
import { observeLanding, type Told } from './observe-landing.js';
import type { SourceDeadline } from './source-deadlines.js';
import { sourceVerdict } from './source-verdict.js';
import { usualArchives } from './usual-archives.js';
import { usualArrivals } from './usual-arrivals.js';

export interface DeadlineAlertInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  config: PartnerConfig;
  deadline: SourceDeadline;
  when: 'before-deadline' | 'deadline-passed';
  told: Told;
  signal: AbortSignal;
}

/** Writes what a source has not sent, unless it is complete. Returns the key of what was written, as data. */
export async function writeDeadlineAlert(input: DeadlineAlertInput): Promise<string | undefined> {
  const { store, layout, config, deadline, when, told, signal } = input;
  const call = { signal };
  const sources = config.sources.filter(({ id }) => id === deadline.source);
  const [seen] = await observeLanding(store, { ...config, sources }, layout.date, told, signal);
  if (seen === undefined) return undefined;
  const { complete, because } = sourceVerdict(seen, false);
  if (complete) return undefined;
  const there = new Set(seen.landed.map(({ key }) => key));
  const announced = (seen.announced ?? []).map(({ key }) => key).filter((key) => !there.has(key));
  const habit = await usualArchives(store, layout, seen.source, call);
  const usual = seen.announced === undefined ? habit.keys.filter((key) => !there.has(key)) : [];
  const alert = deadlineAlert({
    partner: layout.partner,
    date: layout.date,
    source: deadline.source,
    when,
    deadline: wallClock(deadline.at, config.timeZone),
    policy: deadline.policy,
    landed: there.size,
    because,
    announced: announced.sort(),
    unnamed: Math.max(0, (seen.announcedCount ?? 0) - there.size - announced.length),
    usual,
    usualDays: habit.days,
    usualCount: (await usualArrivals(store, layout, call)).get(deadline.source),
    tables: habit.tablesOf([...announced, ...usual]),
    consumers: config.consumers,
  });
  return writeAlertOnce(store, layout.deadlineAlert(deadline.source, when), alert, call);
}

function wallClock(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return `${format.format(new Date(instant))} ${timeZone}`;
}
