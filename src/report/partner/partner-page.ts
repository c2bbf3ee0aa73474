import { basename } from 'node:path/posix';
import { type Html, html } from '../html.js';
import { counted, instant, plural } from '../numbers.js';
import { pageOf } from '../page.js';
import type { Fault, PartnerReport, WorstMember } from './partner-report.js';

/** For the partner: nothing of scores or of ours, only what to mend and how to see it. */
export function renderPartnerPage(report: PartnerReport): string {
  const { partner, name, date, setAside, gaps, refused, worst, faults } = report;
  const total = setAside.row + setAside.member + setAside.archive;
  const parts = [
    plural(setAside.archive, 'archive'),
    plural(setAside.member, 'member'),
    plural(setAside.row, 'row'),
  ];
  const isCalm = total === 0 && gaps.length === 0 && refused.length === 0 && faults.length === 0;
  return pageOf(`${partner} ${date}: what did not load`, [
    html`<p class="kicker">${name ?? partner} · ${date} · version ${report.version}</p><h1>${isCalm ? 'Everything you sent was loaded' : 'What you sent, and what did not load'}</h1><p class="verdict ${isCalm ? 'good' : 'warned'}">${isCalm ? '✓ nothing is missing, nothing was set aside' : html`! ${refused.length > 0 && `refused: ${plural(refused.length, 'table')}; `}set aside: ${parts.join(', ')}; ${plural(gaps.length, 'gap')}`}</p>`,
    refused.length > 0
      ? html`<h2>Tables that could not be taken</h2><ul>${refused.map(({ table, because }) => html`<li><code>${table}</code>: ${because}</li>`)}</ul>`
      : html``,
    html`<h2>Gaps</h2>${gaps.length === 0 ? html`<p>None: what was announced has arrived.</p>` : html`<ul>${gaps.map((gap) => html`<li><code>${gap}</code></li>`)}</ul>`}`,
    html`<h2>The worst members</h2>${worst.length === 0 ? html`<p>None.</p>` : worstTable(worst)}`,
    html`<h2>The faults, and how to see each of them</h2>${faults.length === 0 ? html`<p>None.</p>` : html`<p class="soft">Each sample is the smallest archive we found in which the same fault is found. Values in it are masked.</p>${faults.map(faultSection)}`}`,
    html`<footer><p>Made ${instant(report.generatedAt)} by Partnerday ${report.codeVersion}.</p></footer>`,
  ]);
}

function worstTable(worst: readonly WorstMember[]): Html {
  const rows = worst.map(
    ({ member, archive, rows: lost, code, detail, line }) =>
      html`<tr><td><code>${member}</code><div class="small soft">${basename(archive)}</div></td><td class="n" data-l="rows set aside">${lost === 'all' ? 'all of it' : counted(lost)}</td><td data-l="fault"><code>${code}</code></td><td>${detail}${line !== undefined && html` <span class="soft">(first on line ${counted(line)})</span>`}</td></tr>`,
  );
  return html`<table class="cards"><thead><tr><th>member</th><th class="n">rows set aside</th><th>fault</th><th>what</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function faultSection({ code, count, archive, member, line, detail, sample }: Fault): Html {
  const place = [basename(archive), member, line === undefined ? undefined : `line ${line}`];
  return html`<h3><code>${code}</code> <span class="soft">${plural(count, 'time')}</span></h3><p>${detail}</p><p class="small">first in <code>${place.filter((part) => part !== undefined).join(', ')}</code></p>${
    sample === undefined
      ? html`<p class="small soft">No small sample has this fault.</p>`
      : html`<p><a download="${code}.tar.gz" href="data:application/gzip;base64,${sample.toString('base64')}">${code}.tar.gz</a> <span class="small soft">${counted(sample.length)} bytes</span></p>`
  }`;
}
