import type { HistoryVerdict } from '../../quality/history-checks.js';
import type { RuleResult } from '../../quality/rule-result.js';
import type { SchemaEvent } from '../../quality/timeline.js';
import { plural } from '../output/format.js';
import type { Style } from '../output/style.js';
import { completenessLine } from './completeness-line.js';
import type { Explained, ExplainedTable, Explanation } from './explain-day.js';

const SHOWN = 5;
const SHOWN_EVENTS = 12;

/** For people: the score first, then the day, then table by table, and what to type. */
export function explainText(why: Explanation, style: Style): string {
  const state = [
    why.version === null ? why.status : `v${why.version} ${why.status}`,
    ...(why.score === null ? [] : [`score ${why.score}`]),
    ...(why.verdict === null ? [] : [why.verdict]),
  ];
  const lines = [`${style('bold', `${why.partner} ${why.date}`)}  ${state.join(', ')}`];
  if (why.error !== null) lines.push(`${style('red', 'error:')} ${why.error}`);
  lines.push(...why.sources.map(completenessLine), ...gateLines(why));
  if (why.penalties.length > 0) lines.push('', ...penaltyLines(why));
  if (why.whatIf.length > 0) {
    lines.push('', 'What would raise it');
    for (const { from, to, text } of why.whatIf) lines.push(`  ${from} -> ${String(to).padEnd(3)}  ${text}`);
  }
  if (why.timeline.length > 0) lines.push('', 'Schema', ...timelineLines(why.timeline));
  if (why.rules.length > 0)
    lines.push('', 'Rules across tables', ...why.rules.map((rule) => ruleLine(rule, style)));
  if (why.history !== null) lines.push('', historyLine(why.history));
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

function gateLines({ gate, decision, version }: Explanation): string[] {
  const lines: string[] = [];
  const because = gate?.because.join('; ');
  if (gate?.outcome === 'warn') lines.push(`  published with a warning: ${because}`);
  if (gate?.outcome === 'hold') lines.push(`  held: ${because}`);
  if (decision !== null) {
    const what = decision.action === 'release' ? 'released' : 'rejected';
    lines.push(`  v${version} was ${what} by ${decision.by} at ${decision.decidedAt}: ${decision.why}`);
  }
  return lines;
}

function penaltyLines({ score, formula, penalties }: Explanation): string[] {
  const lines = [`Why the score is ${score} (100 minus these points, formula ${formula})`];
  for (const { name, points, because, evidence } of penalties) {
    lines.push(`  ${String(-points).padStart(4)}  ${name}: ${because}`);
    const [first] = evidence.first;
    if (first === undefined) continue;
    const more = evidence.count > 1 ? `  (the first of ${evidence.count})` : '';
    lines.push(`        ${first.code}: ${first.text}${more}`);
  }
  return lines;
}

const CHANGED: Record<SchemaEvent['kind'], string> = {
  added: 'came',
  removed: 'went',
  reordered: 'moved',
  renamed: 'may be renamed',
  retyped: 'has values of another type',
};

function timelineLines(timeline: readonly SchemaEvent[]): string[] {
  const shown = timeline.slice(0, SHOWN_EVENTS).map((event) => {
    const { table, kind, column, was, archive, member, batch, members, rows, atMost } = event;
    const from = was === undefined ? '' : ` from ${JSON.stringify(was)}`;
    const first = [
      ...(archive === undefined ? [] : [archive]),
      ...(member === undefined ? [] : [member]),
      ...(batch === undefined ? [] : [`batch ${batch}`]),
    ];
    const much =
      members === undefined
        ? []
        : [`${atMost ? 'at most ' : ''}${plural(members, 'member')}, ${plural(rows ?? 0, 'row')}`];
    const where = first.length === 0 ? [] : [`first in ${first.join(', ')}`];
    return `  ${table} ${JSON.stringify(column)} ${CHANGED[kind]}${from}: ${[...where, ...much].join('; ')}`;
  });
  const more = timeline.length - shown.length;
  return more > 0 ? [...shown, `  and ${more} more (-o json lists all)`] : shown;
}

function ruleLine({ rule, text, outcome, because, violations, checked }: RuleResult, style: Style): string {
  const said = `${rule}: ${text}`;
  if (outcome === 'kept') return `  ${style('green', 'kept       ')} ${said}`;
  if (outcome === 'broken') return `  ${style('red', 'broken     ')} ${said}: ${violations} of ${checked}`;
  return `  ${style('yellow', 'not checked')} ${said}: ${because}`;
}

function historyLine({ verdict, days, needed, from, to, leftOut, compared }: HistoryVerdict): string {
  const without = leftOut.length === 0 ? '' : `, ${plural(leftOut.length, 'day')} left out`;
  if (verdict === 'not enough history')
    return `History: not enough history: ${days} of the ${needed} days it takes${without}`;
  return `History: ${plural(compared, 'number')} compared with ${plural(days, 'day')}, ${from} to ${to}${without}`;
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
