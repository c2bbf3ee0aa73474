import { escapeText } from '../archive/escape-text.js';
import { formatPercent } from '../quality/ratio.js';
import { STATE_SIGN, STATE_WORD, stateOf } from './day-facts.js';
import { counted } from './numbers.js';
import { focusOf, type Report, reportedDays } from './report.js';
import { schemaEvents } from './sections/timeline.js';
import { verdictOf } from './sections/verdict.js';
import { rankedPenalties } from './sections/why.js';
import { tableFacts } from './table-facts.js';

/** The report as text for a chat or a ticket. */
export function reportMarkdown(report: Report): string {
  const { partner, period } = report;
  const { score, state, headline, detail } = verdictOf(report);
  const penalties = rankedPenalties(report);
  const days = reportedDays(report);
  const focus = focusOf(report);
  const events = schemaEvents(days);
  return [
    `# ${plain(partner)} ${period.id}`,
    `**${STATE_SIGN[state]} ${plain(headline)}**${score === undefined ? '' : ` (score ${score} of 100)`}`,
    plain(detail),
    '## Why',
    ...(penalties.length === 0
      ? ['Nothing cost a point.']
      : penalties.map(({ name, points, because }) => `- −${points} ${plain(name)}: ${plain(because)}`)),
    ...(period.kind === 'day' ? [] : ['## Days', ...rows(['day', 'state', 'score'], days.map(dayRow))]),
    '## Tables',
    ...rows(
      ['table', 'status', 'rows', 'null', 'header', 'error'],
      tableFacts(report.days, focus).flatMap(({ table, now }) =>
        now === undefined
          ? []
          : [
              [
                table,
                now.status,
                counted(now.rows),
                formatPercent(Math.round(now.nullRatio * 1e6), 1e6),
                now.headerConsistent ? 'same' : 'differs',
                now.error ?? '',
              ],
            ],
      ),
    ),
    ...(events.length === 0
      ? []
      : [
          '## Columns',
          ...rows(
            ['day', 'table', 'change', 'column', 'first in'],
            events
              .slice(0, 60)
              .map((event) => [event.date, event.table, event.kind, event.column, event.archive ?? '']),
          ),
        ]),
    '',
  ].join('\n\n');
}

function dayRow(day: ReturnType<typeof reportedDays>[number]): string[] {
  const state = stateOf(day);
  return [day.date, `${STATE_SIGN[state]} ${STATE_WORD[state]}`, String(day.publication?.score ?? '')];
}

function rows(titles: readonly string[], lines: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [[line(titles), line(titles.map(() => '---')), ...lines.map(line)].join('\n')];
}

/** Nothing of a partner becomes markup. */
function plain(text: string): string {
  return escapeText(text).replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');
}
