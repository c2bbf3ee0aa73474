import { plural } from '../output/format.js';
import type { Style } from '../output/style.js';
import { completenessLine } from './completeness-line.js';
import type { Explained, ExplainedTable, Explanation } from './explain-day.js';

const SHOWN = 5;

/** For people: the score first, then the day, then table by table, and what to type. */
export function explainText(why: Explanation, style: Style): string {
  const state = [
    why.version === null ? why.status : `v${why.version} ${why.status}`,
    ...(why.score === null ? [] : [`score ${why.score}`]),
    ...(why.verdict === null ? [] : [why.verdict]),
  ];
  const lines = [`${style('bold', `${why.partner} ${why.date}`)}  ${state.join(', ')}`];
  if (why.error !== null) lines.push(`${style('red', 'error:')} ${why.error}`);
  lines.push(...why.sources.map(completenessLine));
  if (why.penalties.length > 0) {
    lines.push('', `Why the score is ${why.score}`);
    for (const { name, points, because } of why.penalties) {
      lines.push(`  ${String(-points).padStart(4)}  ${name}: ${because}`);
    }
  }
  for (const { tables, archives } of why.readAgain) {
    lines.push('', `Read again, because rows of theirs had expired that ${tables.join(', ')} needed`);
    lines.push(...archives.slice(0, SHOWN).map((key) => `  ${key}`));
    if (archives.length > SHOWN) lines.push(`  and ${archives.length - SHOWN} more (-o json lists all)`);
  }
  if (why.day.length > 0) lines.push('', 'The day', ...findingLines(why.day, style));
  for (const table of why.tables) lines.push('', ...tableLines(table, style));
  if (why.day.length === 0 && why.tables.length === 0 && why.error === null)
    lines.push('', 'Nothing is wrong.');
  if (why.next.length > 0) lines.push('', 'Next', ...why.next.map((command) => `  ${command}`));
  return lines.join('\n');
}

function tableLines(table: ExplainedTable, style: Style): string[] {
  const bad = table.status !== 'merged';
  const lines = [`Table ${style('bold', table.table)}: ${style(bad ? 'red' : 'green', table.status)}`];
  if (table.error !== null) lines.push(`  cause    ${table.error}`);
  if (table.tries !== null) {
    lines.push(
      table.tries === 0
        ? '  tried    not at all: another try would give the same answer'
        : `  tried    ${plural(table.tries, 'time')}${again(table.rounds)}; archives were read once`,
    );
  }
  if (bad) {
    lines.push(
      table.status === 'stale'
        ? '  readers  still get the table of an earlier version of this date'
        : table.lastGood
          ? `  readers  get nothing for this date; last good: ${table.lastGood.date} v${table.lastGood.version} ${table.lastGood.key}`
          : '  readers  get nothing for this date, and there is no earlier day',
    );
  }
  lines.push(...findingLines(table.findings, style));
  if (table.next !== null) lines.push(`  next     ${table.next}`);
  return lines;
}

function again(rounds: number | null): string {
  return rounds !== null && rounds > 1 ? `, then requeued ${plural(rounds - 1, 'time')}` : '';
}

/** The first few of every kind: what repeats is counted, not listed. */
function findingLines(findings: readonly Explained[], style: Style): string[] {
  const byCode = new Map<string, Explained[]>();
  for (const finding of findings) {
    byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), finding]);
  }
  return [...byCode].flatMap(([code, same]) => [
    ...same.slice(0, SHOWN).map(({ severity, text }) => `  ${mark(severity, style)} ${code}: ${text}`),
    ...(same.length > SHOWN ? [`    and ${same.length - SHOWN} more ${code} (-o json lists all)`] : []),
  ]);
}

function mark(severity: Explained['severity'], style: Style): string {
  if (severity === 'error') return style('red', 'error  ');
  return severity === 'warning' ? style('yellow', 'warning') : 'info   ';
}
