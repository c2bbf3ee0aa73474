import type { BackfillDayProgress, BackfillProgress } from '../../workflows/messages.js';
import { plural } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';

const STANDING: Record<BackfillDayProgress['standing'], string> = {
  complete: 'complete',
  'nothing-landed': 'nothing landed',
  'never-run': 'never run',
  failed: 'failed before',
  held: 'held',
  'failed-tables': 'failed tables',
  'new-archives': 'new archives',
};

const STATE: Record<BackfillDayProgress['state'], { text: string; color?: Parameters<Style>[0] }> = {
  'not-due': { text: 'needs no run', color: 'dim' },
  waiting: { text: 'waiting' },
  running: { text: 'running', color: 'cyan' },
  published: { text: 'published', color: 'green' },
  held: { text: 'held', color: 'yellow' },
  failed: { text: 'failed', color: 'red' },
  'left-alone': { text: 'runs already', color: 'yellow' },
};

/** One line per day, and what it comes to. */
export function backfillText(progress: BackfillProgress, style: Style): string {
  const { days } = progress;
  const table = renderTable<BackfillDayProgress>(
    [
      { title: 'date', value: ({ date }) => date },
      { title: 'was', value: ({ standing }) => STANDING[standing] },
      { title: 'archives', value: ({ landed }) => String(landed), align: 'right' },
      { title: 'state', value: (day) => stateOf(day, style) },
      {
        title: 'version',
        value: ({ version }) => (version === undefined ? '' : `v${version}`),
        align: 'right',
      },
      { title: 'score', value: ({ score }) => (score === undefined ? '' : String(score)), align: 'right' },
      { title: 'failed', value: ({ failedTables = [], error = '' }) => error || failedTables.join(', ') },
    ],
    days,
  );
  return `${table}\n${backfillSums(progress)}`;
}

/** `3 of 5 days done, 1 of them incomplete; 25 need no run`. */
export function backfillSums({ days }: BackfillProgress): string {
  const due = days.filter(({ state }) => state !== 'not-due');
  if (due.length === 0) return `${plural(days.length, 'day')}; none needs a run`;
  const over = due.filter(({ state }) => state !== 'waiting' && state !== 'running');
  const short = over.filter((day) => !isGood(day)).length;
  const incomplete = short > 0 ? `, ${short} of them incomplete` : '';
  const rest = days.length - due.length;
  return `${over.length} of ${plural(due.length, 'day')} done${incomplete}; ${rest} ${rest === 1 ? 'needs' : 'need'} no run`;
}

/** Whether readers have everything of the day, as far as this backfill had to do with it. */
export function isGood({ state, failedTables = [] }: BackfillDayProgress): boolean {
  return state === 'not-due' || (state === 'published' && failedTables.length === 0);
}

/** What is new between two looks: one sentence each. */
export function backfillChanges(before: BackfillProgress | undefined, now: BackfillProgress): string[] {
  return now.days.flatMap(({ date, state, version, error, failedTables = [] }) => {
    const was = before?.days.find((day) => day.date === date)?.state;
    if (was === state || state === 'waiting' || state === 'not-due') return [];
    const of = version === undefined || state === 'running' ? '' : `, version ${version}`;
    const failed = failedTables.length > 0 ? `, failed: ${failedTables.join(', ')}` : '';
    return [`${now.partner} ${date}: ${STATE[state].text}${error ? `: ${error}` : `${of}${failed}`}`];
  });
}

function stateOf(day: BackfillDayProgress, style: Style): string {
  const { text, color } = STATE[day.state];
  if (day.state === 'published' && !isGood(day)) return style('yellow', text);
  return color === undefined ? text : style(color, text);
}
