import type { Publication } from '../../../ingest/publication/publication.js';
import { type Html, html } from '../../../report/html.js';
import type { DayReport, TableReport } from '../../day/day-report.js';
import type { Explanation } from '../../day/explain-day.js';
import { count, percent, plural, size } from '../../output/format.js';
import type { Answer } from '../exchange.js';
import { findingsList, numbered } from './findings-list.js';
import { pageAnswer } from './page.js';
import { dayPath, partnerPath, reportPath, tablePath } from './paths.js';
import { reasonsView, rulesView } from './reasons-view.js';
import type { Running } from './running-days.js';
import { progressView } from './running-view.js';

export interface DayView {
  partner: string;
  date: string;
  /** Absent: nothing was ever published. */
  report?: DayReport | undefined;
  why?: Explanation | undefined;
  publication?: Publication | undefined;
  /** What was told when the version was published. */
  alert?: string | undefined;
  running?: Running | undefined;
  /** The day has a page of its own in the store. */
  hasReport?: boolean;
  /** Of the open run, or of the one that published, in the Temporal Web UI. */
  link?: string | undefined;
}

export function dayPage(view: DayView): Answer {
  const { partner, date, report, why, running } = view;
  return pageAnswer({
    title: `${partner} ${date}`,
    trail: [{ text: partner, href: partnerPath(partner) }],
    live: running !== undefined,
    main: html`<h1>${partner} <time datetime="${date}">${date}</time></h1>
${report ? verdict(report) : html`<p class="verdict bad">✗ Nothing of this day is published.</p>`}
${running && runningNow(view)}
${view.hasReport && html`<p><a href="${reportPath(partner, date)}">The day’s report</a></p>`}
${why && reasonsView(why)}
${report && tables(report)}
${why && rulesView(why)}
${report && dayFindings(report)}
${why && why.next.length > 0 && html`<section aria-labelledby="next"><h2 id="next">Next</h2>${why.next.map((command) => html`<pre><code>${command}</code></pre>`)}</section>`}
${!report && !running && html`<h2>Next</h2><pre><code>partnerday run ${partner} ${date} --wait</code></pre>`}
${view.alert !== undefined && html`<details><summary>What was told</summary><pre>${lines(view.alert)}</pre></details>`}
${report && provenance(view)}`,
  });
}

function verdict({ status, version, score, verdict: complete, tables: all }: DayReport): Html {
  const failed = all.filter(({ status: state }) => state !== 'merged').length;
  const good = status === 'published' && failed === 0;
  const words = [
    `version ${version} is ${status}`,
    ...(score === null ? [] : [`score ${score} of 100`]),
    ...(complete === null ? [] : [complete === 'complete' ? 'all sources complete' : `sources ${complete}`]),
    failed > 0
      ? `${failed} of ${plural(all.length, 'table')} failed`
      : `${plural(all.length, 'table')} merged`,
  ];
  const look = good ? 'good' : status === 'held' ? 'held' : 'bad';
  return html`<p class="verdict ${look}">${good ? '✓' : status === 'held' ? '‖' : '✗'} ${words.join(', ')}</p>`;
}

function runningNow({ partner, date, running, link }: DayView): Html {
  return html`<section aria-labelledby="now"><h2 id="now">Running now</h2>
<div data-live="${dayPath(partner, date)}/live" data-until-ended aria-live="polite">${runningFragment(running, link)}</div></section>`;
}

/** What the script loads again; without the attribute it looks for, the run has ended. */
export function runningFragment(running: Running | undefined, link: string | undefined): Html {
  if (!running) return html`<p>The run has ended.</p>`;
  return html`<div data-running>${running.progress ? progressView(running.progress, link) : html`<p>No worker has answered in time. Next, if none is up: <code>partnerday worker</code></p>`}</div>`;
}

const TABLE_MARKS = { merged: '✓ merged', failed: '✗ failed', stale: '✗ stale' } as const;

function tables({ partner, date, tables: all }: DayReport): Html {
  const rank = ({ status, headerConsistent }: TableReport) =>
    status === 'merged' ? (headerConsistent ? 2 : 1) : 0;
  const sorted = [...all].sort((a, b) => rank(a) - rank(b) || (a.table < b.table ? -1 : 1));
  return html`<section aria-labelledby="tables"><h2 id="tables">Tables</h2>
<div class="scroll" role="region" aria-label="Tables" tabindex="0"><table>
<thead><tr><th scope="col">table</th><th scope="col">status</th><th scope="col" class="number">files</th><th scope="col" class="number">rows</th><th scope="col" class="number">bytes</th><th scope="col">header</th><th scope="col" class="number">null</th><th scope="col">missing fields</th><th scope="col">error</th></tr></thead>
<tbody>${sorted.map(
    (table) =>
      html`<tr><th scope="row"><a href="${tablePath(partner, date, table.table)}">${table.table}</a></th><td class="state ${table.status === 'merged' ? 'good-text' : 'bad-text'}">${TABLE_MARKS[table.status]}</td><td class="number">${count(table.files)}</td><td class="number">${count(table.rows)}</td><td class="number">${size(table.bytes)}</td><td class="state${!table.headerConsistent && ' warn-text'}">${table.headerConsistent ? 'same' : '▲ differs'}</td><td class="number">${percent(table.nullRatio)}</td><td>${table.missingFields.join(', ')}</td><td>${table.error}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function dayFindings({ partner, date, version, findings }: DayReport): Html {
  const own = numbered(findings).filter(({ finding }) => finding.severity !== 'info');
  if (own.length === 0 || version === null) return html`<p>Nothing was found.</p>`;
  return html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${findingsList(partner, date, version, own)}</section>`;
}

function provenance({ report, publication, link }: DayView): Html {
  const { archives = {}, ledger, summaryKey } = report ?? {};
  const fates = Object.entries(archives).map(([fate, number]) => `${count(number)} ${fate}`);
  return html`<section aria-labelledby="from"><h2 id="from">Where it comes from</h2><dl>
<dt>archives</dt><dd>${fates.join(', ')}</dd>
<dt>ledger</dt><dd>${ledger?.holds ? `✓ ${plural(ledger.identities.length, 'identity', 'identities')} hold` : '✗ does not hold'}</dd>
${publication && html`<dt>published at</dt><dd><time>${publication.publishedAt}</time></dd><dt>workflow</dt><dd>${link === undefined ? html`<code>${publication.workflowId}</code>` : html`<a href="${link}" rel="noreferrer">${publication.workflowId}</a>`} <code>${publication.runId}</code></dd>`}
<dt>in the store</dt><dd><code>${summaryKey}</code></dd>
</dl></section>`;
}

function lines(text: string): Html[] {
  return text
    .trimEnd()
    .split('\n')
    .map(
      (line) => html`${line}
`,
    );
}
