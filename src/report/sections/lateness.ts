import { isDeadline, parseDeadline } from '../../config/deadline.js';
import { lineChart } from '../charts.js';
import { type Html, html } from '../html.js';
import { counted, duration, plural } from '../numbers.js';
import { focusOf, median, type Report, reportedDays } from '../report.js';

/** When archives arrived and when tables were there, after the opening of each day. */
export function latenessSection(report: Report): Html {
  const { days, config } = report;
  const arrivals = days.map(({ date, arrivedAfter }) => ({ label: date, value: arrivedAfter }));
  const published = days.map(({ date, publishedAfter }) => ({ label: date, value: publishedAfter }));
  const known = (points: typeof arrivals) => points.some(({ value }) => value !== undefined);
  const limit = earliestDeadline(report);
  const deadlines = config.sources.map(({ id, deadline, afterDeadline }) => ({
    id,
    deadline,
    afterDeadline,
  }));
  const sources = report.period.kind === 'day' ? (focusOf(report)?.sources ?? []) : [];
  return html`<h2 id="lateness">Lateness</h2>${keptLine(report, limit)}${
    sources.length > 0 &&
    html`<table class="cards"><thead><tr><th>source</th><th>verdict</th><th class="n">archives</th><th>completed by</th><th>judged by</th><th>deadline</th></tr></thead><tbody>${sources.map(
      ({ source, verdict, landed, announced, completedBy, evidence }) => {
        const set = deadlines.find(({ id }) => id === source);
        return html`<tr><td><code>${source}</code></td><td>${verdict === 'complete' ? html`<span class="good">✓ complete</span>` : html`<b class="warned">! ${verdict}</b>`}</td><td class="n" data-l="archives">${counted(landed)}${announced !== undefined && ` of ${counted(announced)}`}</td><td data-l="completed by">${completedBy}</td><td data-l="judged by">${evidence}</td><td data-l="deadline">${set?.deadline === undefined ? 'none' : `${set.deadline}, then ${set.afterDeadline}`}</td></tr>`;
      },
    )}</tbody></table>`
  }${
    known(arrivals) &&
    html`<h3>Last archive, after the opening of the day</h3>${lineChart(arrivals, { label: 'Arrival of the last archive', least: 0, limit, format: duration })}`
  }${
    known(published)
      ? html`<h3>Published, after the opening of the day</h3>${lineChart(published, { label: 'Publication', least: 0, format: duration })}`
      : html`<p class="small soft">No publication lies within three days of its day’s opening.</p>`
  }`;
}

function keptLine(report: Report, limit: { value: number } | undefined): Html {
  const days = reportedDays(report);
  if (report.period.kind === 'day') return html``;
  const times = days.flatMap(({ publishedAfter }) => (publishedAfter === undefined ? [] : [publishedAfter]));
  const typical = median(times);
  const arrived = days.flatMap(({ arrivedAfter }) => (arrivedAfter === undefined ? [] : [arrivedAfter]));
  const kept = limit && arrived.filter((minutes) => minutes <= limit.value).length;
  return html`<p>${typical === undefined ? 'When days were published is not known.' : `Published ${duration(typical)} after the opening of the day (median of ${plural(times.length, 'day')}).`} ${kept !== undefined && arrived.length > 0 && `The deadline was kept on ${kept} of ${plural(arrived.length, 'day')} (${Math.round((100 * kept) / arrived.length)}%).`}</p>`;
}

/** Of deadlines that count from the opening of the day. */
function earliestDeadline({ config }: Report): { value: number; label: string } | undefined {
  const minutes = config.sources.flatMap(({ deadline }) => {
    if (deadline === undefined || !isDeadline(deadline)) return [];
    const parsed = parseDeadline(deadline);
    return 'after' in parsed ? [parsed.after / 60_000] : [];
  });
  return minutes.length === 0 ? undefined : { value: Math.min(...minutes), label: 'deadline' };
}
