import type { SourceConfig } from '../../config/partner-config.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { addDays } from '../business-date.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Plan } from '../planning/plan.js';
import { readPlan, readTablePlan } from '../planning/read-plan.js';
import { readPointer } from '../publication/pointer.js';
import { Landing } from './landing.js';

/** How far back it is looked, and how many days are enough to tell a habit. */
const BACK = 14;
const DAYS = 3;

/** What a source usually sends, by the plans of its last published days. */
export interface UsualArchives {
  /** Days looked at. */
  readonly days: number;
  /** Keys of this date that were there, dates apart, on each of those days. */
  readonly keys: readonly string[];
  /** Tables the archives of these keys carried on the newest of those days; of none of them known: all of the source. */
  tablesOf(keys: readonly string[]): string[];
}

export async function usualArchives(
  store: ObjectStore,
  layout: PartnerDayLayout,
  source: SourceConfig,
  options: CallOptions = {},
): Promise<UsualArchives> {
  const days = await lastPublished(store, layout, options);
  const named = days.map(({ on, plan }) => namesOf(on, plan, source));
  const [newest, ...others] = named;
  const today = new Landing(source, layout.partner, layout.date).prefix;
  const keys = [...(newest?.keys() ?? [])]
    .filter((name) => others.every((names) => names.has(name)))
    .map((name) => today + withDate(name, layout.date));
  const tables = newest
    ? await tablesByArchive(store, days[0]!, new Set(newest.values()), options)
    : new Map();
  return {
    days: days.length,
    keys: keys.sort(),
    tablesOf(asked) {
      const names = asked.map((key) => withoutDate(key.slice(today.length), layout.date));
      const ids = names.flatMap((name) => newest?.get(name) ?? []);
      const carried =
        ids.length > 0
          ? ids.flatMap((id) => [...(tables.get(id) ?? [])])
          : [...tables.values()].flatMap((of) => [...of]);
      return [...new Set<string>(carried)].sort();
    },
  };
}

interface PublishedDay {
  on: PartnerDayLayout;
  plan: Plan;
}

async function lastPublished(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions,
): Promise<PublishedDay[]> {
  const days: PublishedDay[] = [];
  for (let back = 1; back <= BACK && days.length < DAYS; back++) {
    const on = layout.on(addDays(layout.date, -back));
    const plan = await planOf(store, on, options);
    if (plan !== undefined) days.push({ on, plan });
  }
  return days;
}

/** A help for people: a day that cannot be read is passed over. */
async function planOf(
  store: ObjectStore,
  on: PartnerDayLayout,
  options: CallOptions,
): Promise<Plan | undefined> {
  try {
    const version = (await readPointer(store, on, options))?.publication.version;
    return version === undefined ? undefined : await readPlan(store, on.version(version), options);
  } catch (error) {
    if (error instanceof UnreadableObjectError || error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

/** Archive ids by name below the landing prefix, without the date. */
function namesOf(on: PartnerDayLayout, { archives }: Plan, source: SourceConfig): Map<string, string> {
  const { prefix } = new Landing(source, on.partner, on.date);
  const names = new Map<string, string>();
  for (const { source: id, key, archiveId, fate } of archives) {
    if (id !== source.id || archiveId === undefined || fate === 'missing' || fate === 'superseded') continue;
    if (key.startsWith(prefix)) names.set(withoutDate(key.slice(prefix.length), on.date), archiveId);
  }
  return names;
}

const ARCHIVE = /\/extract\/([0-9a-f]+)\//;

async function tablesByArchive(
  store: ObjectStore,
  { on, plan }: PublishedDay,
  ids: ReadonlySet<string>,
  options: CallOptions,
): Promise<Map<string, Set<string>>> {
  const tables = new Map<string, Set<string>>();
  for (const { table, version } of plan.tables) {
    const { ranges } = await readTablePlan(store, on.version(version), table, options);
    for (const { key } of ranges) {
      const id = ARCHIVE.exec(key)?.[1];
      if (id === undefined || !ids.has(id)) continue;
      const known = tables.get(id);
      if (known) known.add(table);
      else tables.set(id, new Set([table]));
    }
  }
  return tables;
}

const LONG = '{date}';
const SHORT = '{yyyymmdd}';

function withoutDate(name: string, date: string): string {
  return name.replaceAll(date, LONG).replaceAll(date.replaceAll('-', ''), SHORT);
}

function withDate(name: string, date: string): string {
  return name.replaceAll(LONG, date).replaceAll(SHORT, date.replaceAll('-', ''));
}
