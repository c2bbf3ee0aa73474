import { join } from 'node:path';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { Batch } from './demo-partner.js';
import { DEMO_PARTNERS } from './demo-partners.js';
import type { Planted } from './demo-plan.js';
import { breachGapminder, driftBirdstrikes, renameInSeattleWeather } from './planted-batches.js';

/** Which archives are touched, counted from 1; `day` counts from 0. */
const MISSING = { partner: 'skyway', day: 1, archive: 29 };
const CUT = { partner: 'terra', day: 1, archive: 17, keep: 0.85 };
const UNWRITABLE = { partner: 'terra', day: 0, table: 'species' };

export function plantInBatch(partner: string, day: number, batch: Batch): Batch {
  if (partner === 'skyway') return driftBirdstrikes(batch, day > 0);
  if (partner === 'nordwind' && day === 1) return renameInSeattleWeather(breachGapminder(batch));
  return batch;
}

/** The archive as it lands; `undefined` when it never does. */
export function plantInArchive(
  partner: string,
  day: number,
  number: number,
  archive: Buffer,
): Buffer | undefined {
  const here = (plant: { partner: string; day: number; archive: number }): boolean =>
    plant.partner === partner && plant.day === day && plant.archive === number;
  if (here(MISSING)) return undefined;
  return here(CUT) ? archive.subarray(0, Math.floor(archive.length * CUT.keep)) : archive;
}

/** The directory that stands where a table's CSV should be written. */
export function obstacle(store: string, dates: readonly string[]): string {
  return join(store, unwritableKey(dates));
}

export function describePlanted(dir: string, store: string, dates: readonly string[]): Planted[] {
  const [first, second] = [dates[0]!, dates[1]!];
  const directory = obstacle(store, dates);
  return [
    {
      kind: 'drift',
      partner: 'skyway',
      date: first,
      table: 'birdstrikes',
      where: `landing/skyway/${first}/`,
      expect: { findings: ['column-added', 'column-removed', 'column-reordered'] },
      say: 'skyway changes the columns of birdstrikes during the day: "Flight Year" and "Flight Month" come, "Cost Other" goes, "Flight Date" moves to the front. The table is merged with the columns of all batches.',
    },
    {
      kind: 'unwritable',
      partner: 'terra',
      date: first,
      table: UNWRITABLE.table,
      where: unwritableKey(dates),
      expect: { findings: ['merge-failed'], failedTable: { table: UNWRITABLE.table, failure: 'transient' } },
      say: `terra's ${UNWRITABLE.table} cannot be written: a directory stands where its CSV should be. It is tried, requeued 3 times and reported, while terra's other tables are published.`,
      fix: {
        removeDirectory: directory,
        command: `rmdir ${quoted(directory)} && partnerday retry terra ${first} --config ${quoted(dir)}`,
      },
    },
    {
      kind: 'missing',
      partner: MISSING.partner,
      date: second,
      where: archiveKey(MISSING.partner, second, MISSING.archive),
      expect: { findings: ['archive-missing'] },
      say: `skyway's MANIFEST.json announces an archive that never lands.`,
    },
    {
      kind: 'cut',
      partner: CUT.partner,
      date: second,
      where: archiveKey(CUT.partner, second, CUT.archive),
      expect: { findings: ['archive-cut'] },
      say: "One of terra's archives was cut in the middle of its transfer: the whole members before the cut are kept, the rest is reported.",
    },
    {
      kind: 'contract',
      partner: 'nordwind',
      date: second,
      table: 'gapminder',
      where: `landing/nordwind/${second}/`,
      expect: { findings: ['contract-breach'], failedTable: { table: 'gapminder', failure: 'terminal' } },
      say: "One batch of nordwind's gapminder writes population as 32.526.562, and its contract freezes the type integer: the table is refused at once, without another try.",
    },
  ];
}

function unwritableKey(dates: readonly string[]): string {
  const { partner, day, table } = UNWRITABLE;
  return new PartnerDayLayout(partner, dates[day]!).version(1).table(table);
}

function archiveKey(partner: string, date: string, number: number): string {
  const spec = DEMO_PARTNERS.find(({ id }) => id === partner)!;
  return `landing/${partner}/${date}/${spec.archiveName(date, number)}`;
}

function quoted(path: string): string {
  return /^[\w./:@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
