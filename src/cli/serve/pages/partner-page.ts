import { plural } from '../../output/format.js';
import type { Answer } from '../exchange.js';
import { cellLink, type DayCell } from './day-cell.js';
import { dayGrid, type FleetPartner } from './fleet-page.js';
import { html } from './html.js';
import { pageAnswer } from './page.js';
import { dayPath } from './paths.js';

export function partnerPage(dates: readonly string[], partner: FleetPartner): Answer {
  const there = partner.cells.filter(({ look }) => look !== 'none').reverse();
  return pageAnswer({
    title: partner.partner,
    main: html`<h1>${partner.partner}</h1>
${partner.name !== undefined && html`<p>${partner.name}</p>`}
${partner.broken && html`<p class="verdict bad">✗ Its configuration cannot be used. Next: <code>partnerday validate</code></p>`}
${dayGrid(dates, [partner])}
<h2>${plural(there.length, 'day')}</h2>
${there.length === 0 ? html`<p>Nothing yet. Next: <code>partnerday run ${partner.partner} DATE --wait</code></p>` : html`<table><thead><tr><th scope="col">date</th><th scope="col">mark</th><th scope="col">how it is</th></tr></thead><tbody>${there.map(row)}</tbody></table>`}`,
  });
}

function row(cell: DayCell) {
  const { partner, date, words } = cell;
  return html`<tr><th scope="row"><a href="${dayPath(partner, date)}">${date}</a></th>${cellLink(cell)}<td>${words}</td></tr>`;
}
