import type { DaySummary, TableReport } from '../../../quality/summary-json.js';
import { count, percent, plural, size } from '../../output/format.js';
import type { Answer } from '../exchange.js';
import { findingsList, numbered } from './findings-list.js';
import { type Html, html } from './html.js';
import { pageAnswer } from './page.js';
import { dayPath, partnerPath, tablePath } from './paths.js';

/** Rows of the table on one date; `undefined`: it has none there. */
export interface RowsOfDay {
  date: string;
  rows: number | undefined;
}

export function tablePage(summary: DaySummary, table: TableReport, history: readonly RowsOfDay[]): Answer {
  const { partner, date, version } = summary;
  const own = numbered(summary.findings).filter(({ finding }) => finding.table === table.table);
  return pageAnswer({
    title: `${table.table} of ${partner} ${date}`,
    trail: [
      { text: partner, href: partnerPath(partner) },
      { text: date, href: dayPath(partner, date) },
    ],
    main: html`<h1>${table.table}</h1>
<p class="verdict ${table.status === 'merged' ? 'good' : 'bad'}">${table.status === 'merged' ? '✓ merged' : `✗ ${table.status}`}: ${plural(table.rows, 'row')} from ${plural(table.files, 'file')}${table.error !== null && `: ${table.error}`}</p>
${facts(table)}
${rowsByDay(partner, table.table, history)}
${columns(table)}
${changes(table)}
<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${own.length === 0 ? html`<p>Nothing was found.</p>` : findingsList(partner, date, version, own)}</section>`,
  });
}

function facts({
  key,
  bytes,
  version,
  members,
  rowsQuarantined,
  headerConsistent,
  missingFields,
  nullRatio,
}: TableReport): Html {
  const fates = Object.entries(members).map(([fate, number]) => `${count(number)} ${fate}`);
  return html`<dl>
<dt>object</dt><dd>${key === null ? 'none for this date' : html`<code>${key}</code>`}${bytes !== null && ` (${size(bytes)}, by the plan of version ${version})`}</dd>
<dt>members</dt><dd>${fates.join(', ')}</dd>
<dt>rows set aside</dt><dd>${count(rowsQuarantined)}</dd>
<dt>header</dt><dd>${headerConsistent ? 'the same in all members' : '▲ differs between members'}${missingFields.length > 0 && `; missing somewhere: ${missingFields.join(', ')}`}</dd>
<dt>null cells</dt><dd>${percent(nullRatio)}</dd>
</dl>`;
}

function columns({ columns: all, rows }: TableReport): Html {
  return html`<section aria-labelledby="columns"><h2 id="columns">Columns</h2>
<div class="scroll" role="region" aria-label="Columns" tabindex="0"><table>
<thead><tr><th scope="col">column</th><th scope="col">type</th><th scope="col" class="number">null cells</th><th scope="col">of all</th></tr></thead>
<tbody>${all.map(({ name, type, nulls }) => {
    const share = rows === 0 ? 0 : nulls / rows;
    return html`<tr><th scope="row">${name}</th><td>${type}</td><td class="number">${count(nulls)}</td><td><progress max="1" value="${share.toFixed(4)}" aria-hidden="true"></progress> ${percent(share)}</td></tr>`;
  })}</tbody></table></div></section>`;
}

function changes({ changes: all }: TableReport): Html {
  if (all.length === 0) return html``;
  return html`<section aria-labelledby="changes"><h2 id="changes">Header against earlier days</h2>
<ul class="plain">${all.map(
    ({ kind, column, was, archive, member, members, rows }) =>
      html`<li>${kind} <strong>${column}</strong>${was !== undefined && ` (was ${was}?)`}, first in ${member} of <code>${archive}</code>; ${plural(members, 'member')}, ${plural(rows, 'row')}</li>`,
  )}</ul></section>`;
}

const [WIDTH, HEIGHT] = [12, 60];

/** A bar for each day; the same numbers in words for those who do not see it. */
function rowsByDay(partner: string, table: string, history: readonly RowsOfDay[]): Html {
  const most = Math.max(1, ...history.map(({ rows = 0 }) => rows));
  const bars = history.map(({ date, rows }, index) => {
    const x = index * WIDTH;
    if (rows === undefined)
      return html`<rect class="gap" x="${x}" y="${HEIGHT - 2}" width="${WIDTH - 3}" height="2"><title>${date}: nothing</title></rect>`;
    const height = Math.max(2, Math.round((rows / most) * HEIGHT));
    return html`<a href="${tablePath(partner, date, table)}" aria-label="${date}: ${plural(rows, 'row')}"><rect class="bar" x="${x}" y="${HEIGHT - height}" width="${WIDTH - 3}" height="${height}"><title>${date}: ${plural(rows, 'row')}</title></rect></a>`;
  });
  const known = history.filter(({ rows }) => rows !== undefined);
  return html`<section aria-labelledby="history"><h2 id="history">Rows by day</h2>
<svg class="bars" viewBox="0 0 ${history.length * WIDTH} ${HEIGHT}" preserveAspectRatio="xMinYMax" role="group" aria-label="Rows of the last ${history.length} days, at most ${count(most)}">${bars}</svg>
<p class="remark">${history[0]?.date} to ${history.at(-1)?.date}; ${plural(known.length, 'day')} with rows, at most ${count(most)}.</p></section>`;
}
