import { renderFinding } from '../../quality/render-finding.js';
import type { DayFacts } from '../day-facts.js';
import { type Html, html } from '../html.js';
import { plural } from '../numbers.js';
import { focusOf, type Report, reportedDays } from '../report.js';

export interface RankedPenalty {
  name: string;
  points: number;
  because: string;
  evidence: string[];
}

/** What cost points, the most first; over a period by its sum. */
export function rankedPenalties(report: Report): RankedPenalty[] {
  const ranked = report.period.kind === 'day' ? ofDay(focusOf(report)) : ofPeriod(reportedDays(report));
  return ranked.sort((a, b) => b.points - a.points);
}

function ofDay(day: DayFacts | undefined): RankedPenalty[] {
  return (day?.quality?.penalties ?? []).map(({ name, points, because, evidence }) => ({
    name,
    points,
    because,
    evidence: evidence.first.map(renderFinding),
  }));
}

function ofPeriod(days: readonly DayFacts[]): RankedPenalty[] {
  const sums = new Map<string, { points: number; dates: string[]; worst: number; because: string }>();
  for (const { date, quality } of days) {
    for (const { name, points, because } of quality?.penalties ?? []) {
      const sum = sums.get(name) ?? { points: 0, dates: [], worst: 0, because: '' };
      sums.set(name, sum);
      sum.points += points;
      sum.dates.push(date);
      if (points <= sum.worst) continue;
      sum.worst = points;
      sum.because = `${date}: ${because}`;
    }
  }
  return [...sums].map(([name, { points, dates, because }]) => ({
    name,
    points,
    because: `on ${plural(dates.length, 'day')}, most on ${because}`,
    evidence: [],
  }));
}

export function whySection(report: Report): Html {
  const penalties = rankedPenalties(report);
  const focus = focusOf(report);
  const { kind } = report.period;
  const most = Math.max(1, ...penalties.map(({ points }) => points));
  const whatIf = kind === 'day' ? (focus?.quality?.whatIf ?? []) : [];
  const gate = kind === 'day' ? (focus?.quality?.gate?.because ?? []) : [];
  const formula = focus?.quality?.formulaText ?? [];
  return html`<h2 id="why">Why</h2>${
    penalties.length === 0
      ? html`<p>Nothing cost a point.</p>`
      : html`<table class="cards"><thead><tr><th class="n">points</th><th style="width:22%"></th><th>for</th><th>because</th></tr></thead><tbody>${penalties.map(
          ({ name, points, because, evidence }) =>
            html`<tr><td class="n points" data-l="points">−${points}</td><td class="block"><div class="bar" style="width:${Math.round((100 * points) / most)}%"></div></td><td><code class="rule">${name}</code></td><td class="block">${because}${evidence.length > 0 && html`<ul class="small soft">${evidence.map((text) => html`<li>${text}</li>`)}</ul>`}</td></tr>`,
        )}</tbody></table>`
  }${gate.length > 0 && html`<p>Gate: ${gate.join('; ')}.</p>`}${
    whatIf.length > 0 &&
    html`<h3>What would raise the score</h3><ul>${whatIf.map(({ text, from, to }) => html`<li>${text}: <b>${from} → ${to}</b></li>`)}</ul>`
  }${
    formula.length > 0 &&
    html`<details><summary class="soft">The formula</summary><ul class="small">${formula.map((line) => html`<li>${line}</li>`)}</ul></details>`
  }`;
}
