import type { Progress, TableProgress } from '../../workflows/messages.js';
import { count, plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';

/** A running day as a picture of a few lines. */
export function progressLines(day: Progress, style: Style): string[] {
  const { archives } = day;
  const lines = [`${style('bold', `${day.partner} ${day.date}`)}  ${day.stage}: ${day.message}`];
  for (const source of day.sources) {
    const of = source.announced === undefined ? '' : ` of ${count(source.announced)} announced`;
    const due =
      source.deadline === undefined || source.complete ? '' : `, due ${source.deadline.slice(0, 16)}Z`;
    lines.push(
      `  source ${source.source}: ${source.complete ? 'complete' : 'open'} (${source.because}), ${count(source.landed)}${of} landed${due}`,
    );
  }
  if (archives.landed > 0) {
    const failed = archives.failed > 0 ? style('red', `, ${count(archives.failed)} failed`) : '';
    lines.push(
      `  archives: ${count(archives.committed)} of ${count(archives.landed)} committed (${size(archives.bytes)})${failed}`,
    );
  }
  if (day.tables.length > 0) {
    const text = renderTable<TableProgress>(
      [
        { title: 'table', value: ({ table }) => table },
        { title: 'state', value: (table) => stateOf(table, style) },
        { title: 'files', value: ({ files }) => count(files), align: 'right' },
        { title: 'rows', value: ({ rows }) => count(rows), align: 'right' },
        { title: 'bytes', value: ({ bytes }) => size(bytes), align: 'right' },
        { title: 'round', value: ({ round }) => (round > 0 ? String(round) : ''), align: 'right' },
        { title: 'tries', value: ({ tries }) => (tries > 0 ? String(tries) : ''), align: 'right' },
        { title: 'error', value: ({ error }) => error ?? '' },
      ],
      day.tables,
    );
    lines.push(...text.split('\n').map((line) => `  ${line}`));
  }
  return lines;
}

function stateOf({ state }: TableProgress, style: Style): string {
  if (state === 'merged') return style('green', state);
  return state === 'failed' || state === 'refused' ? style('red', state) : state;
}

/** What is new between two looks: one sentence each, for places where nothing can be redrawn. */
export function progressChanges(before: Progress | undefined, day: Progress): string[] {
  const lines: string[] = [];
  const say = (text: string) => lines.push(`${day.partner} ${day.date}: ${text}`);
  if (before?.stage !== day.stage || before.message !== day.message) say(`${day.stage}: ${day.message}`);
  const then = before?.archives;
  const { landed, committed, failed } = day.archives;
  if (landed > 0 && (then?.committed !== committed || then.landed !== landed || then.failed !== failed)) {
    say(
      `${count(committed)} of ${plural(landed, 'archive')} committed${failed > 0 ? `, ${count(failed)} failed` : ''}`,
    );
  }
  for (const table of day.tables) {
    const was = before?.tables.find((other) => other.table === table.table);
    if (was?.state === table.state && was.round === table.round && was.error === table.error) continue;
    if (table.state === 'waiting') continue;
    const round = table.round > 1 ? ` (round ${table.round})` : '';
    const bad = table.state === 'failed' || table.state === 'refused';
    const what =
      table.state === 'merged'
        ? `, ${plural(table.rows, 'row')}`
        : bad && table.error
          ? `: ${table.error}`
          : '';
    say(`${table.table} ${table.state}${round}${what}`);
  }
  return lines;
}
