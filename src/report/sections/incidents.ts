import { type Html, html } from '../html.js';
import { type Incident, minutesToRepair } from '../incidents.js';
import { duration, instant, plural } from '../numbers.js';
import { median, type Report, reportedDays } from '../report.js';

const TABLES_SHOWN = 6;

/** What readers had to wait for, and how long. */
export function incidentsSection(report: Report): Html {
  const incidents = reportedDays(report).flatMap(({ date, incidents: own }) =>
    own.map((incident) => ({ date, ...incident })),
  );
  if (incidents.length === 0)
    return html`<h2 id="incidents">Incidents</h2><p>No table was late for a failure.</p>`;
  const times = incidents.flatMap((incident) => minutesToRepair(incident) ?? []);
  const standing = incidents.length - times.length;
  const typical = median(times);
  const rows = incidents.map(
    (incident) =>
      html`<tr><td>${incident.date}</td><td>${whatOf(incident)}</td><td data-l="began" class="small soft">${instant(incident.since)}</td><td data-l="repaired">${repairOf(incident)}</td></tr>`,
  );
  return html`<h2 id="incidents">Incidents</h2><p>${plural(incidents.length, 'incident')}, ${standing} not repaired${typical !== undefined && `; time to repair ${duration(typical)} (median), ${duration(Math.max(...times))} at most`}.</p><table class="cards"><thead><tr><th>day</th><th>what</th><th>began</th><th>repaired</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function whatOf({ what, tables }: Incident): Html {
  if (what === 'failed-run') return html`a run failed and published nothing`;
  if (what === 'held') return html`held for a decision`;
  const rest = tables.length - TABLES_SHOWN;
  const names = tables
    .slice(0, TABLES_SHOWN)
    .map((table, at) => html`${at > 0 && ', '}<code>${table}</code>`);
  return html`no fresh rows of ${names}${rest > 0 && ` and ${plural(rest, 'other')}`}`;
}

function repairOf(incident: Incident): Html {
  const { repaired } = incident;
  const minutes = minutesToRepair(incident);
  if (repaired === undefined || minutes === undefined) return html`<b class="bad">✗ not yet</b>`;
  return html`<span class="good">✓ after ${duration(minutes)}</span> <span class="small soft">version ${repaired.version}, ${instant(repaired.at)}</span>`;
}
