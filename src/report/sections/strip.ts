import { STATE_SIGN, STATE_WORD, stateOf } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { weekdayOf } from '../period.js';
import type { Report } from '../report.js';
import { dayLabel } from './verdict.js';

const SATURDAY = 5;

/** A box per day: its sign, its score and its date. */
export function stripSection({ period, days }: Report): Html {
  const title = period.kind === 'day' ? `The last ${days.length} days` : `Day by day`;
  const boxes = days.map((day) => {
    const state = stateOf(day);
    const classes = [
      state,
      ...(weekdayOf(day.date) >= SATURDAY ? ['we'] : []),
      ...(period.kind === 'day' && day.date === period.to ? ['now'] : []),
    ];
    return html`<li class="${classes.join(' ')}" title="${dayLabel(day)}"><b>${STATE_SIGN[state]}</b><span>${day.publication?.score ?? ' '}</span><i>${day.date.slice(8)}</i></li>`;
  });
  const legend = (['good', 'warned', 'bad', 'held', 'none'] as const).map(
    (state) => html`<span><b class="${state}">${STATE_SIGN[state]}</b> ${STATE_WORD[state]}</span>`,
  );
  return html`<h2 id="days">${title}</h2><ol class="strip">${boxes}</ol><div class="legend">${legend}<span>dashed: weekend</span><span>below the sign: score, day of the month</span></div>`;
}
