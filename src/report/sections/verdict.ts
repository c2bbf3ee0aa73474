import { lineChart, scoreRing } from '../charts.js';
import { type DayFacts, STATE_SIGN, STATE_WORD, stateOf } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { plural, signed } from '../numbers.js';
import { focusOf, mean, median, type Report, reportedDays, scoresOf, stateCounts } from '../report.js';

const MEDIAN_DAYS = 7;

/** What it comes to, in one look. */
export function verdictSection(report: Report): Html {
  const { partner, name, period } = report;
  const title = period.kind === 'day' ? period.id : `${period.id} (${period.from} to ${period.to})`;
  const kind = period.kind === 'day' ? 'day' : period.kind === 'week' ? 'weekly report' : 'monthly report';
  const { score, state, headline, detail } = verdictOf(report);
  const points = report.days.map((day) => ({ label: day.date, value: day.publication?.score }));
  return html`<div class="head"><div><p class="kicker">${partner}${name !== undefined && ` · ${name}`} · ${kind}</p><h1>${title}</h1><p class="verdict ${state}">${STATE_SIGN[state]} ${headline}</p><p>${detail}</p></div>${score !== undefined && scoreRing(score, period.kind === 'day' ? state : stateOfMean(report, score), `Score ${score} of 100`)}</div>${lineChart(points, { label: 'Score by day', least: 0, most: 100, limit: holdLine(report), format: (value) => String(Math.round(value)) })}`;
}

interface Verdict {
  score: number | undefined;
  state: ReturnType<typeof stateOf>;
  headline: string;
  detail: string;
}

export function verdictOf(report: Report): Verdict {
  return report.period.kind === 'day' ? dayVerdict(report) : periodVerdict(report);
}

function dayVerdict(report: Report): Verdict {
  const day = focusOf(report) ?? reportedDays(report)[0]!;
  const state = stateOf(day);
  const { publication, summary } = day;
  if (publication === undefined)
    return {
      score: undefined,
      state,
      headline: STATE_WORD[state],
      detail: 'Readers find nothing of this date.',
    };
  const { score, version, tables } = publication;
  const failed = tables.filter(({ status }) => status !== 'merged').length;
  const needy = new Set([
    ...tables.flatMap(({ table, status }) => (status === 'merged' ? [] : [table])),
    ...(summary?.findings ?? []).flatMap(({ table, severity }) =>
      table !== undefined && severity !== 'info' ? [table] : [],
    ),
  ]).size;
  const before = median(scoresOf(report.days.filter(({ date }) => date < day.date).slice(-MEDIAN_DAYS)));
  const detail = [
    `Version ${version} is ${publication.status}`,
    `${tables.length - failed} of ${plural(tables.length, 'table')} merged`,
    `sources: ${summary?.verdict ?? 'not known'}`,
    before === undefined
      ? 'no earlier day to compare with'
      : `score ${signed(score - before)} against the median of the days before`,
  ];
  const headline =
    state === 'held'
      ? 'Held: waits for a decision'
      : needy > 0
        ? `${needy} of ${plural(tables.length, 'table')} ${needy === 1 ? 'needs' : 'need'} you`
        : capital(STATE_WORD[state]);
  return { score, state, headline, detail: `${detail.join(' · ')}.` };
}

function periodVerdict(report: Report): Verdict {
  const days = reportedDays(report);
  const counts = stateCounts(days);
  const scores = scoresOf(days);
  const average = mean(scores);
  const before = mean(report.scoresBefore);
  const state = counts.bad > 0 ? 'bad' : counts.held > 0 ? 'held' : counts.warned > 0 ? 'warned' : 'good';
  const troubled = counts.bad + counts.held + counts.warned;
  const detail = [
    `${plural(counts.good, 'day')} without findings`,
    `${counts.warned} with findings`,
    `${counts.bad} with failed tables or none`,
    ...(counts.held > 0 ? [`${counts.held} held`] : []),
    `${counts.none} without a publication`,
    ...(average === undefined || before === undefined
      ? []
      : [`mean score ${signed(average - before)} against the ${report.period.kind} before`]),
  ];
  return {
    score: average === undefined ? undefined : Math.round(average),
    state: scores.length === 0 ? 'none' : state,
    headline:
      scores.length === 0
        ? 'Nothing published'
        : troubled === 0
          ? 'Every published day was in order'
          : `${troubled} of ${plural(scores.length, 'published day')} had something wrong`,
    detail: `${detail.join(' · ')}.`,
  };
}

/** A mean says nothing of single days: those have their own signs. */
function stateOfMean({ config: { quality } }: Report, score: number): 'good' | 'warned' | 'bad' {
  if (score < quality.holdBelow) return 'bad';
  return score < quality.warnBelow ? 'warned' : 'good';
}

function holdLine({ config: { quality } }: Report): { value: number; label: string } | undefined {
  return quality.holdBelow > 0 ? { value: quality.holdBelow, label: 'held below' } : undefined;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function dayLabel(day: DayFacts): string {
  const state = stateOf(day);
  const { publication } = day;
  const score = publication === undefined ? '' : `, score ${publication.score}`;
  return `${day.date}: ${STATE_WORD[state]}${score}`;
}
