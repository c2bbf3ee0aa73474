import type { Progress, TableProgress } from '../../workflows/messages.js';
import { count } from '../output/format.js';
import type { Style } from '../output/style.js';

/** A running day in two lines, for pictures of many days at once. */
export function compactLines(day: Progress, style: Style): string[] {
  const { landed, committed, failed } = day.archives;
  const archives =
    landed > 0
      ? `${count(committed)}/${count(landed)} archives${failed > 0 ? `, ${failed} failed` : ''}`
      : '';
  const version = day.version === undefined ? '' : `v${day.version}`;
  const head = [
    style('bold', `${day.partner.padEnd(10)} ${day.date}`),
    day.stage.padEnd(10),
    archives.padEnd(16),
    version,
  ];
  const merged = day.tables.filter(({ state }) => state === 'merged');
  const rows = merged.reduce((total, table) => total + table.rows, 0);
  if (day.tables.length === 0) return [head.join('  ').trimEnd(), `  ${style('dim', day.message)}`];
  return [
    `${head.join('  ')}  ${merged.length}/${day.tables.length} tables, ${count(rows)} rows`,
    `  ${day.tables.map((table) => tableWord(table, style)).join('  ')}`,
  ];
}

function tableWord({ table, state, round, tries }: TableProgress, style: Style): string {
  switch (state) {
    case 'merged':
      return style('green', `✓ ${table}`);
    case 'refused':
      return style('red', `✗ ${table} refused`);
    case 'failed':
      return style('red', `✗ ${table} failed${round > 0 ? ` (round ${round}, ${tries} tries)` : ''}`);
    case 'merging':
      return style('cyan', `… ${table}${round > 1 ? ` (round ${round})` : ''}`);
    default:
      return style('dim', `· ${table}`);
  }
}
