import { basename } from 'node:path/posix';
import type { DayFacts } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { counted, plural } from '../numbers.js';
import type { TimelineEvent } from '../quality-view.js';
import type { Report } from '../report.js';

const SHOWN = 60;

const VERB: Record<TimelineEvent['kind'], string> = {
  added: '+ added',
  removed: '− removed',
  reordered: '↔ moved',
  renamed: '≈ renamed?',
  retyped: 'Δ other type',
};

export interface DatedEvent extends TimelineEvent {
  date: string;
}

/** Newest day first; within a day in the order of its archives. */
export function schemaEvents(days: readonly DayFacts[]): DatedEvent[] {
  return days.toReversed().flatMap(({ date, summary, quality }) => {
    const changes = (summary?.tables ?? []).flatMap(({ table, changes: own }) =>
      own.map((change) => ({ table, ...change })),
    );
    return (quality?.timeline ?? changes).map((event) => ({ date, ...event }));
  });
}

export function timelineSection({ days, period }: Report): Html {
  const events = schemaEvents(days);
  const title =
    period.kind === 'day' ? `Columns: what changed in ${days.length} days` : 'Columns: what changed';
  if (events.length === 0) return html`<h2 id="schema">${title}</h2><p>Nothing.</p>`;
  const rows = events
    .slice(0, SHOWN)
    .map(
      (event) =>
        html`<tr><td>${event.date}</td><td data-l="table"><code>${event.table}</code></td><td>${VERB[event.kind]}</td><td data-l="column"><code>${event.column}</code>${event.was !== undefined && html` <span class="soft">was</span> <code>${event.was}</code>`}</td><td class="small soft">${placeOf(event)}</td></tr>`,
    );
  return html`<h2 id="schema">${title}</h2><table class="cards"><thead><tr><th>day</th><th>table</th><th>change</th><th>column</th><th>first seen</th></tr></thead><tbody>${rows}</tbody></table>${events.length > SHOWN && html`<p class="small soft">and ${plural(events.length - SHOWN, 'earlier change')}</p>`}`;
}

function placeOf({ archive, member, batch, members, rows, atMost }: TimelineEvent): string {
  const parts = [
    archive === undefined ? undefined : basename(archive),
    member,
    batch === undefined ? undefined : `batch ${batch}`,
    members === undefined ? undefined : `${atMost ? 'at most ' : ''}${plural(members, 'member')}`,
    rows === undefined ? undefined : `${counted(rows)} rows`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
