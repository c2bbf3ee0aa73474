import type { PartnerConfig } from '../config/partner-config.js';
import { TerminalError } from '../errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { landedArchives } from './arrivals/landed-archives.js';
import { addDays } from './business-date.js';
import { readDayState } from './day-state.js';
import { PartnerDayLayout, parseBusinessDate } from './layout.js';
import { committedArchives } from './planning/committed-archives.js';

/** Of one backfill, so that its workflow's history stays small. */
export const BACKFILL_DAYS = 400;

export class BackfillRangeError extends TerminalError {}

/**
 * How a day stands, by what is in the store. `nothing-landed` and `complete` need no run.
 * `failed`: begun, and nothing published. `new-archives`: some landed since, or could not be read.
 */
export type DayStanding =
  | 'complete'
  | 'nothing-landed'
  | 'never-run'
  | 'failed'
  | 'held'
  | 'failed-tables'
  | 'new-archives';

export interface BackfillDay {
  readonly date: string;
  readonly standing: DayStanding;
  /** Archives in the landing prefix. */
  readonly landed: number;
  /** Of the version readers see. */
  readonly version?: number;
  readonly failedTables?: number;
}

export function needsRun({ standing }: Pick<BackfillDay, 'standing'>): boolean {
  return standing !== 'complete' && standing !== 'nothing-landed';
}

/** Dates from the first to the last, both included. @throws BackfillRangeError, InvalidNameError */
export function datesBetween(from: string, to: string): string[] {
  const [first, last] = [parseBusinessDate(from), parseBusinessDate(to)];
  if (first > last) throw new BackfillRangeError(`--from ${first} is after --to ${last}`);
  const dates: string[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    if (dates.length === BACKFILL_DAYS) {
      throw new BackfillRangeError(
        `${first} to ${last} are more than ${BACKFILL_DAYS} days: split the range, e.g. --to ${dates.at(-1)}`,
      );
    }
    dates.push(date);
  }
  return dates;
}

/** How every day of the range stands, in order of date. Reads no archive and no manifest. */
export async function* backfillDays(
  store: ObjectStore,
  config: PartnerConfig,
  dates: readonly string[],
  call: CallOptions = {},
): AsyncGenerator<BackfillDay> {
  for (const date of dates) yield await standingOf(store, config, date, call);
}

async function standingOf(
  store: ObjectStore,
  config: PartnerConfig,
  date: string,
  call: CallOptions,
): Promise<BackfillDay> {
  const layout = new PartnerDayLayout(config.id, date);
  const { publication, held } = await readDayState(store, layout, call);
  const landed = await landedArchives(store, config, date, call);
  const day = { date, landed: landed.length };
  if (publication === undefined) {
    if (held) return { ...day, standing: 'held' };
    if (landed.length === 0) return { ...day, standing: 'nothing-landed' };
    return { ...day, standing: (await isBegun(store, layout, call)) ? 'failed' : 'never-run' };
  }
  const { version } = publication;
  const failedTables = publication.tables.filter(({ status }) => status !== 'merged').length;
  const known = { ...day, version, ...(failedTables > 0 ? { failedTables } : {}) };
  if (held) return { ...known, standing: 'held' };
  if (failedTables > 0) return { ...known, standing: 'failed-tables' };
  const committed = new Set(
    (await committedArchives(store, layout, call)).map(({ key, etag }) => `${key}\0${etag}`),
  );
  const isNew = landed.some(({ key, etag }) => !committed.has(`${key}\0${etag}`));
  return { ...known, standing: isNew ? 'new-archives' : 'complete' };
}

async function isBegun(store: ObjectStore, layout: PartnerDayLayout, call: CallOptions): Promise<boolean> {
  for await (const _ of store.list(layout.prefix, call)) return true;
  return false;
}
