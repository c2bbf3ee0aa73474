import { type Html, html } from '../html.js';
import { instant } from '../numbers.js';
import { type Report, reportedDays } from '../report.js';

const STATE = {
  sent: ['good', '✓ sent'],
  claimed: ['warned', '! not confirmed'],
  failed: ['warned', '! being tried again'],
  refused: ['bad', '✗ refused'],
  expired: ['bad', '✗ given up'],
} as const;

export function alertsSection(report: Report): Html {
  const deliveries = reportedDays(report).flatMap(({ deliveries: own, date }) =>
    own.map((delivery) => ({ date, ...delivery })),
  );
  if (deliveries.length === 0) return html`<h2 id="alerts">Alerts</h2><p>Nobody was alerted.</p>`;
  const rows = deliveries.map(({ date, at, channel, level, state, subject, detail }) => {
    const [kind, word] = STATE[state];
    return html`<tr><td>${date}</td><td class="${kind}">${word}</td><td data-l="over">${channel}</td><td data-l="level">${level}</td><td>${subject}${detail !== undefined && html`<div class="small soft">${detail}</div>`}</td><td data-l="at" class="small soft">${instant(at)}</td></tr>`;
  });
  return html`<h2 id="alerts">Alerts</h2><table class="cards"><thead><tr><th>day</th><th>state</th><th>over</th><th>level</th><th>subject</th><th>at</th></tr></thead><tbody>${rows}</tbody></table>`;
}
