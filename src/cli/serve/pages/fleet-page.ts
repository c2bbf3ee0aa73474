import { plural } from '../../output/format.js';
import type { Answer } from '../exchange.js';
import { cellLink, type DayCell } from './day-cell.js';
import { type Html, html } from './html.js';
import { pageAnswer } from './page.js';
import { dayPath, partnerPath } from './paths.js';
import type { RunningNow } from './running-days.js';
import { runningSection } from './running-view.js';

export interface FleetPartner {
  partner: string;
  name?: string | undefined;
  /** Its file cannot be used. */
  broken: boolean;
  /** One for each date. */
  cells: readonly DayCell[];
}

export interface Fleet {
  dates: readonly string[];
  partners: readonly FleetPartner[];
  running: RunningNow;
}

const NEEDS_DAYS = 7;
const NEEDS_SHOWN = 12;

export function fleetPage({ dates, partners, running }: Fleet): Answer {
  return pageAnswer({
    title: 'Fleet',
    live: (running ?? []).length > 0,
    main: html`<h1>Fleet</h1>
<p class="remark">${plural(partners.length, 'partner')}, ${dates[0]} to ${dates.at(-1)} (UTC)</p>
${needsYou(partners)}
<section aria-labelledby="days-title"><h2 id="days-title">Last ${dates.length} days</h2>
${partners.length === 0 ? html`<p>No partner yet. Next: <code>partnerday partner add ID</code></p>` : dayGrid(dates, partners)}
${legend()}</section>
<section aria-labelledby="running-title"><h2 id="running-title">Running now</h2>
<div data-live="/live" aria-live="polite">${runningSection(running)}</div></section>`,
  });
}

/** What somebody should look at, newest first. */
function needsYou(partners: readonly FleetPartner[]): Html {
  const bad = partners
    .flatMap(({ cells }) => cells.slice(-NEEDS_DAYS))
    .filter(({ look }) => look === 'bad' || look === 'held')
    .sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : a.partner < b.partner ? -1 : 1));
  const broken = partners.filter((partner) => partner.broken);
  const all = bad.length + broken.length;
  if (all === 0) return html`<p class="verdict good">✓ Nothing of the last ${NEEDS_DAYS} days needs you.</p>`;
  return html`<section aria-labelledby="needs-title"><h2 id="needs-title">Needs you</h2>
<p class="verdict bad">✗ ${plural(all, 'thing')} of the last ${NEEDS_DAYS} days.</p>
<ul class="plain">
${broken.map(({ partner }) => html`<li><strong>${partner}</strong>: its configuration cannot be used. Next: <code>partnerday validate</code></li>`)}
${bad.slice(0, NEEDS_SHOWN).map(({ partner, date, words }) => html`<li><a href="${dayPath(partner, date)}">${partner} ${date}</a>: ${words}</li>`)}
${bad.length > NEEDS_SHOWN && html`<li>and ${bad.length - NEEDS_SHOWN} more</li>`}
</ul></section>`;
}

export function dayGrid(dates: readonly string[], partners: readonly FleetPartner[]): Html {
  return html`<div class="scroll" role="region" aria-label="Days by partner" tabindex="0"><table class="grid">
<thead><tr><th scope="col">partner</th>${dates.map(dateHeading)}</tr></thead>
<tbody>${partners.map(
    ({ partner, name, cells }) =>
      html`<tr><th scope="row"><a href="${partnerPath(partner)}"${name !== undefined && html` title="${name}"`}>${partner}</a></th>${cells.map(cellLink)}</tr>`,
  )}</tbody></table></div>`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function dateHeading(date: string, index: number): Html {
  const day = date.slice(8);
  const weekend = [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
  const month =
    index === 0 || day === '01'
      ? html`<span class="month">${MONTHS[Number(date.slice(5, 7)) - 1]!}</span>`
      : false;
  return html`<th scope="col" class="date${weekend && ' weekend'}"><time datetime="${date}" title="${date}">${month}${day}</time></th>`;
}

function legend(): Html {
  return html`<ul class="legend" aria-label="Legend">
<li><span class="cell good">98</span> score, all tables merged</li>
<li><span class="cell warn">74</span> score below 90</li>
<li><span class="cell bad">71✗</span> tables failed</li>
<li><span class="cell bad">!</span> nothing published</li>
<li><span class="cell held">‖</span> waits for a decision</li>
<li><span class="cell running">▶</span> running</li>
<li><span class="cell none">·</span> nothing there</li>
</ul>`;
}
