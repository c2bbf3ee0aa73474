import type { DemoPlan } from '../../demo/demo-plan.js';
import { PartnerDayLayout } from '../../ingest/layout.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import { partnerDayId } from '../../workflows/names.js';
import type { Cli } from '../cli.js';
import { type DayReport, nothingPublished, readDay } from '../day/day-report.js';
import { dayText } from '../day/day-text.js';
import { plural } from '../output/format.js';
import type { Followed } from '../temporal/follow-day.js';
import { type CheckedPlant, checkPlanted } from './check-planted.js';

export interface DemoReport {
  dir: string;
  store: string;
  seconds: number;
  days: (DayReport & { link: string; alert: string | null })[];
  planted: CheckedPlant[];
}

/** What the demo left in the store, and whether what was planted was found. */
export async function gatherReport(
  store: ObjectStore,
  plan: DemoPlan,
  followed: readonly Followed[],
  ui: string,
  seconds: number,
): Promise<DemoReport> {
  const days: DemoReport['days'] = [];
  for (const { id } of plan.partners) {
    for (const date of plan.dates) {
      const layout = new PartnerDayLayout(id, date);
      const run = followed.find((day) => day.partner === id && day.date === date);
      const day =
        (await readDay(store, layout)) ?? nothingPublished(id, date, run?.error ?? 'it did not run');
      const link = `${ui}/namespaces/default/workflows/${encodeURIComponent(partnerDayId(id, date))}`;
      days.push({ ...day, link, alert: await alertOf(store, layout, day) });
    }
  }
  return { dir: plan.dir, store: plan.store, seconds, days, planted: checkPlanted(plan, days) };
}

async function alertOf(store: ObjectStore, layout: PartnerDayLayout, day: DayReport): Promise<string | null> {
  if (day.version === null) return null;
  const keys = layout.version(day.version);
  // What was told last: once the requeue rounds are used up, that tells of them, too.
  for (const key of [keys.finalAlert, keys.alert]) {
    try {
      return (await store.getBytes(key)).toString('utf8');
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
    }
  }
  return null;
}

export function reportText(report: DemoReport, cli: Cli): string {
  const { style } = cli;
  const title = (text: string) => [
    '',
    style('bold', `── ${text} ${'─'.repeat(Math.max(0, 72 - text.length))}`),
  ];
  return [
    ...title('What was published'),
    ...report.days.flatMap((day) => ['', dayText(day, style)]),
    ...title('What an alert says'),
    ...report.days.flatMap(({ alert }) => (alert === null ? [] : ['', ...indent(alert)])),
    ...title('What was planted, and how it was found'),
    ...report.planted.flatMap((planted) => ['', ...plantLines(planted, cli)]),
    ...title('Where things are'),
    '',
    `Tables, summaries, ledgers   ${report.store}/{partner}/{date}/`,
    `The partners' archives       ${report.store}/landing/{partner}/{date}/`,
    `Configuration                ${report.dir}`,
    'Temporal Web UI, run by run:',
    ...report.days.map(({ partner, date, link }) => `  ${`${partner} ${date}`.padEnd(22)}${link}`),
  ].join('\n');
}

function plantLines({ partner, date, say, found, as, missing }: CheckedPlant, { style }: Cli): string[] {
  const mark = found ? style('green', '✓ found') : style('red', '✗ not found');
  return [
    `${mark}  ${partner} ${date}: ${say}`,
    ...as.map((text) => `         as ${text}`),
    ...missing.map((text) => `         ${style('red', 'missing')}: ${text}`),
  ];
}

function indent(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`));
}

export function verdictLine({ days, planted, seconds }: DemoReport): string {
  const tables = days.flatMap((day) => day.tables);
  const merged = tables.filter(({ status }) => status === 'merged').length;
  const found = planted.filter((plant) => plant.found).length;
  return `${plural(days.length, 'partner-day')}, ${merged} of ${plural(tables.length, 'table')} merged, ${found} of ${plural(planted.length, 'planted problem')} found, in ${seconds.toFixed(0)} s`;
}
