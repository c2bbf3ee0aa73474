import type { Finding } from '../../quality/finding.js';
import { formatPercent } from '../../quality/ratio.js';
import { renderFinding } from '../../quality/render-finding.js';
import type { TableReport } from '../../quality/summary-json.js';
import { type Html, html } from '../html.js';
import { counted, plural, sized } from '../numbers.js';
import { focusOf, type Report, reportedDays } from '../report.js';
import { type TableFacts, tableFacts } from '../table-facts.js';

const FINDINGS_SHOWN = 4;
const FIELDS_SHOWN = 12;

/** What needs somebody first. */
export function tablesSection(report: Report): Html {
  const tables = tableFacts(report.days, focusOf(report));
  if (tables.length === 0) return html`<h2 id="tables">Tables</h2><p>There are none.</p>`;
  return html`<h2 id="tables">Tables</h2>${report.period.kind === 'day' ? dayTable(report, tables) : periodTable(report, tables)}`;
}

function dayTable(report: Report, tables: readonly TableFacts[]): Html {
  const findings = focusOf(report)?.summary?.findings ?? [];
  const rows = tables.flatMap((facts) => {
    const { table, now } = facts;
    if (now === undefined)
      return [
        html`<tr><td><code>${table}</code></td><td class="warned">! not in this day</td><td colspan="7" class="soft">there on earlier days</td></tr>`,
      ];
    const told = tellingOf(now, findings);
    const row = html`<tr${told.length > 0 && html` class="has"`}><td><code>${table}</code></td><td>${statusOf(now)}</td><td class="n" data-l="rows">${counted(now.rows)}</td><td class="n" data-l="against median">${now.status === 'failed' ? '' : change(now.rows, facts.medianRows)}</td><td class="n" data-l="files">${filesOf(now)}</td><td class="n" data-l="null">${nullOf(report, now)}</td><td data-l="header">${headerOf(now)}</td><td class="n" data-l="bytes">${now.bytes === null ? '' : sized(now.bytes)}</td><td data-l="missing fields">${fieldsOf(now)}</td></tr>`;
    if (told.length === 0) return [row];
    return [
      row,
      html`<tr><td></td><td class="err small" colspan="8">${told.map((text) => html`<p>${text}</p>`)}</td></tr>`,
    ];
  });
  return html`<table class="cards grid"><thead><tr><th>table</th><th>status</th><th class="n">rows</th><th class="n">against median</th><th class="n">files</th><th class="n">null</th><th>header</th><th class="n">bytes</th><th>missing fields</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** Its error, then the worst of what was found in it. */
function tellingOf({ table, error }: TableReport, findings: readonly Finding[]): (string | Html)[] {
  const own = findings.filter((finding) => finding.table === table && finding.severity !== 'info');
  const others = own.filter(({ code }) => code !== 'merge-failed' || error === null);
  const rest = others.length - FINDINGS_SHOWN;
  return [
    ...(error === null ? [] : [html`<b class="bad">✗ ${error}</b>`]),
    ...others.slice(0, FINDINGS_SHOWN).map((finding) => `${finding.code}: ${renderFinding(finding)}`),
    ...(rest > 0 ? [`and ${plural(rest, 'more finding')} in summary.json`] : []),
  ];
}

function statusOf({ status }: TableReport): Html {
  if (status === 'merged') return html`<span class="good">✓ merged</span>`;
  return html`<b class="bad">✗ ${status}</b>`;
}

function headerOf({ status, headerConsistent }: TableReport): string | Html {
  if (!headerConsistent) return html`<b class="warned">! differs</b>`;
  return status === 'failed' ? '' : 'same';
}

function filesOf({ members, files }: TableReport): string {
  return members.quarantined > 0
    ? `${counted(files)} (${counted(members.quarantined)} aside)`
    : counted(files);
}

function nullOf({ config: { quality } }: Report, { table, status, nullRatio }: TableReport): string | Html {
  if (status === 'failed') return '';
  const own = Object.hasOwn(quality.tables, table) ? quality.tables[table]?.nullRatio : undefined;
  const text = formatPercent(Math.round(nullRatio * 1e6), 1e6);
  return nullRatio >= (own ?? quality.nullRatio) ? html`<b class="warned">! ${text}</b>` : text;
}

function fieldsOf({ missingFields }: TableReport): Html | string {
  if (missingFields.length === 0) return '';
  const rest = missingFields.length - FIELDS_SHOWN;
  const shown = missingFields.slice(0, FIELDS_SHOWN).join(', ');
  return html`<span class="small">${shown}${rest > 0 && ` and ${rest} more`}</span>`;
}

function change(rows: number, usual: number | undefined): string {
  if (usual === undefined || usual === 0) return '';
  const percent = Math.round((100 * (rows - usual)) / usual);
  return percent === 0 ? 'same' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)}%`;
}

/** Best and worst tables of a period, and who offends again and again. */
function periodTable(report: Report, tables: readonly TableFacts[]): Html {
  const days = reportedDays(report).length;
  const rows = tables
    .map((facts) => ({ facts, ...countsOf(facts) }))
    .sort((a, b) => b.failed - a.failed || b.drifted - a.drifted || b.worstNull - a.worstNull)
    .map(
      ({ facts: { table, medianRows, failedDays }, there, failed, drifted, worstNull, rows: total }) =>
        html`<tr><td><code>${table}</code></td><td class="n" data-l="days">${there} of ${days}</td><td data-l="failed">${failed === 0 ? html`<span class="good">✓ never failed</span>` : html`<b class="bad">✗ ${plural(failed, 'day')}</b> <span class="small soft">${datesOf(failedDays)}</span>`}</td><td class="n" data-l="header differs">${drifted === 0 ? '' : plural(drifted, 'day')}</td><td class="n" data-l="most null">${formatPercent(Math.round(worstNull * 1e6), 1e6)}</td><td class="n" data-l="median rows">${medianRows === undefined ? '' : counted(Math.round(medianRows))}</td><td class="n" data-l="rows">${counted(total)}</td></tr>`,
    );
  return html`<table class="cards grid"><thead><tr><th>table</th><th class="n">days</th><th>failed</th><th class="n">header differs</th><th class="n">most null</th><th class="n">median rows</th><th class="n">rows</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function countsOf({ byDay }: TableFacts) {
  const there = byDay.filter((day) => day !== undefined);
  return {
    there: there.length,
    failed: there.filter(({ status }) => status === 'failed').length,
    drifted: there.filter(({ headerConsistent }) => !headerConsistent).length,
    worstNull: Math.max(0, ...there.map(({ nullRatio }) => nullRatio)),
    rows: there.reduce((sum, { rows }) => sum + rows, 0),
  };
}

function datesOf(dates: readonly string[]): string {
  const shown = dates.slice(0, 6).map((date) => date.slice(5));
  return dates.length > 6 ? `${shown.join(', ')} …` : shown.join(', ');
}
