import { count, percent, plural, size } from '../output/format.js';
import type { Style } from '../output/style.js';
import { renderTable } from '../output/table.js';
import { completenessLine } from './completeness-line.js';
import type { DayReport, TableReport } from './day-report.js';

/** A finished day for people: the tables, then what was set aside. */
export function dayText(day: DayReport, style: Style): string {
  const lines = [`${style('bold', `${day.partner} ${day.date}`)}  ${headline(day, style)}`];
  if (day.error) lines.push(`${style('red', 'error:')} ${day.error}`);
  lines.push(...day.sources.filter(({ verdict }) => verdict !== 'complete').map(completenessLine));
  if (day.tables.length > 0) lines.push('', tableOfTables(day.tables, style));
  const worst = day.findings.filter(({ severity }) => severity === 'error').length;
  const warnings = day.findings.filter(({ severity }) => severity === 'warning').length;
  if (worst + warnings > 0) {
    lines.push(
      '',
      `${plural(worst, 'error')} and ${plural(warnings, 'warning')}: partnerday explain ${day.partner} ${day.date}`,
    );
  }
  return lines.join('\n');
}

function headline(day: DayReport, style: Style): string {
  const failed = day.tables.filter(({ status }) => status !== 'merged').length;
  const state = day.status === 'published' ? style('green', 'published') : style('red', day.status);
  return [
    day.version === null ? state : `v${day.version} ${state}`,
    ...(day.score === null ? [] : [`score ${day.score}`]),
    ...(day.verdict === null ? [] : [day.verdict]),
    ...(failed > 0 ? [style('red', `${failed} of ${day.tables.length} tables failed`)] : []),
  ].join(', ');
}

export function tableOfTables(tables: readonly TableReport[], style: Style): string {
  return renderTable<TableReport>(
    [
      { title: 'table', value: ({ table }) => table },
      {
        title: 'status',
        value: ({ status }) => (status === 'merged' ? style('green', status) : style('red', status)),
      },
      { title: 'files', value: ({ files }) => count(files), align: 'right' },
      { title: 'rows', value: ({ rows }) => count(rows), align: 'right' },
      { title: 'bytes', value: ({ bytes }) => size(bytes), align: 'right' },
      { title: 'header', value: ({ headerConsistent }) => (headerConsistent ? 'same' : 'differs') },
      { title: 'null', value: ({ nullRatio }) => percent(nullRatio), align: 'right' },
      { title: 'missing fields', value: ({ missingFields }) => missingFields.join(', ') },
      { title: 'error', value: ({ error }) => error ?? '' },
    ],
    tables,
  );
}
