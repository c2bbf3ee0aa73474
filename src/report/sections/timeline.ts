import { basename } from 'node:path/posix';
import type { SchemaEvent } from '../../quality/timeline.js';
import type { DayFacts } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { counted, plural } from '../numbers.js';
import type { Report } from '../report.js';

const SHOWN = 60;

const VERB: Record<SchemaEvent['kind'], string> = {
  added: '+ added',
  removed: '− removed',
  reordered: '↔ moved',
  renamed: '≈ renamed?',
  retyped: 'Δ other type',
};

export interface DatedEvent extends SchemaEvent {
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

/** The same change of the same column, day after day, is one line: its newest day, and since when. */
interface RepeatedEvent extends DatedEvent {
  days: number;
  first: string;
}

export function timelineSection({ days, period }: Report): Html {
  const events = repeated(schemaEvents(days));
  const title =
    period.kind === 'day' ? `Columns: what changed in ${days.length} days` : 'Columns: what changed';
  if (events.length === 0) return html`<h2 id="schema">${title}</h2><p>Nothing.</p>`;
  const rows = events
    .slice(0, SHOWN)
    .map(
      (event) =>
        html`<tr><td>${event.date}${event.days > 1 && html`<div class="small soft">and ${plural(event.days - 1, 'other day')} since ${event.first.slice(5)}</div>`}</td><td data-l="table"><code>${event.table}</code></td><td>${VERB[event.kind]}</td><td data-l="column"><code>${event.column}</code>${event.was !== undefined && html` <span class="soft">was</span> <code>${event.was}</code>`}</td><td class="small soft block">${placeOf(event)}</td></tr>`,
    );
  return html`<h2 id="schema">${title}</h2><table class="cards"><thead><tr><th>day</th><th>table</th><th>change</th><th>column</th><th>first seen that day in</th></tr></thead><tbody>${rows}</tbody></table>${events.length > SHOWN && html`<p class="small soft">and ${plural(events.length - SHOWN, 'earlier change')}</p>`}`;
}

function repeated(events: readonly DatedEvent[]): RepeatedEvent[] {
  const known = new Map<string, RepeatedEvent>();
  for (const event of events) {
    const id = JSON.stringify([event.table, event.kind, event.column, event.was]);
    const before = known.get(id);
    if (before === undefined) known.set(id, { ...event, days: 1, first: event.date });
    else if (before.first !== event.date) {
      before.days++;
      before.first = event.date;
    }
  }
  return [...known.values()];
}

function placeOf({ archive, member, batch, members, rows, atMost }: SchemaEvent): string {
  const parts = [
    archive === undefined ? undefined : basename(archive),
    member,
    batch === undefined ? undefined : `batch ${batch}`,
    members === undefined ? undefined : `${atMost ? 'at most ' : ''}${plural(members, 'member')}`,
    rows === undefined ? undefined : `${counted(rows)} rows`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
