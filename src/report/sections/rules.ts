import type { RuleResult, RuleSample } from '../../quality/rule-result.js';
import { type Html, html } from '../html.js';
import { counted, plural } from '../numbers.js';
import { focusOf, type Report, reportedDays } from '../report.js';

const SAMPLES_SHOWN = 3;
const ARCHIVES_SHOWN = 3;
const RANK = { broken: 0, 'not-checked': 1, kept: 2 } as const;

/** Rules across tables: of a day with samples, of a period by how often they were broken. Broken ones first. */
export function rulesSection(report: Report): Html {
  const rules = [...(focusOf(report)?.quality?.rules ?? [])].sort(
    (a, b) => RANK[a.outcome] - RANK[b.outcome],
  );
  if (rules.length === 0) return html`<h2 id="rules">Rules across tables</h2><p>None is configured.</p>`;
  return html`<h2 id="rules">Rules across tables</h2>${report.period.kind === 'day' ? dayTable(rules) : periodTable(report, rules)}`;
}

function dayTable(rules: readonly RuleResult[]): Html {
  const rows = rules.map(
    ({ rule, text, outcome, because, checked, violations, samples }) =>
      html`<tr><td><code>${rule}</code></td><td>${outcomeOf(outcome)}</td><td class="block">${text}${because !== undefined && html`<div class="small soft">${because}</div>`}${samples.slice(0, SAMPLES_SHOWN).map(sampleOf)}</td><td class="n" data-l="violations">${counted(violations)} of ${counted(checked)}</td></tr>`,
  );
  return html`<table class="cards"><thead><tr><th>rule</th><th></th><th>says</th><th class="n">violations</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function outcomeOf(outcome: RuleResult['outcome']): Html {
  if (outcome === 'kept') return html`<span class="good">✓ kept</span>`;
  return outcome === 'broken' ? html`<b class="bad">✗ broken</b>` : html`<b class="warned">! not checked</b>`;
}

function sampleOf({ key, rows, archives, values }: RuleSample): Html {
  const parts = Object.entries({ ...key, ...values }).map(([name, value]) => `${name} = ${value ?? 'null'}`);
  const rest = archives.length - ARCHIVES_SHOWN;
  const from = archives
    .slice(0, ARCHIVES_SHOWN)
    .map((archive) => archive.slice(archive.lastIndexOf('/') + 1));
  return html`<div class="small"><code>${parts.join(', ')}</code> <span class="soft">${plural(rows, 'row')}${from.length > 0 && ` in ${from.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`}</span></div>`;
}

function periodTable(report: Report, rules: readonly RuleResult[]): Html {
  const rows = rules.map(({ rule, text }) => {
    const results = reportedDays(report).flatMap(({ date, quality }) =>
      (quality?.rules ?? []).filter((result) => result.rule === rule).map((result) => ({ date, ...result })),
    );
    const broken = results.filter(({ outcome }) => outcome === 'broken').map(({ date }) => date.slice(5));
    return html`<tr><td><code>${rule}</code></td><td class="block">${text}</td><td>${broken.length === 0 ? html`<span class="good">✓ kept</span>` : html`<b class="bad">✗ broken on ${plural(broken.length, 'day')}</b>`} of ${results.length}<div class="small soft">${broken.slice(0, 8).join(', ')}</div></td></tr>`;
  });
  return html`<table class="cards"><thead><tr><th>rule</th><th>says</th><th>outcome</th></tr></thead><tbody>${rows}</tbody></table>`;
}
