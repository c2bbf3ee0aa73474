import type { RuleResult } from '../../../quality/rule-result.js';
import { type Html, html } from '../../../report/html.js';
import { completenessLine } from '../../day/completeness-line.js';
import type { Explanation } from '../../day/explain-day.js';
import { count, plural } from '../../output/format.js';

/** What the score lost and to what, what the gate made of it, and what would raise it. */
export function reasonsView(why: Explanation): Html {
  const { score, sources, readAgain, day } = why;
  return html`<section aria-labelledby="why"><h2 id="why">Why ${score === null ? 'it is so' : `the score is ${score}`}</h2>
${gateView(why)}
${penaltiesView(why)}
${whatIfView(why)}
${day.filter(({ code }) => code === 'downstream-not-told').map(({ text }) => html`<p class="verdict bad">✗ ${text}</p>`)}
${sources.length > 0 && html`<ul class="plain">${sources.map((source) => html`<li>${completenessLine(source).trim()}</li>`)}</ul>`}
${readAgain.map(({ tables, archives }) => html`<p>${plural(archives.length, 'archive')} read again, because rows of theirs had expired that ${tables.join(', ')} needed.</p>`)}
</section>`;
}

function gateView({ gate, decision, version }: Explanation): Html {
  const because = gate?.because.join('; ');
  return html`${gate?.outcome === 'warn' && html`<p class="verdict warn">▲ published with a warning: ${because}</p>`}
${gate?.outcome === 'hold' && html`<p class="verdict held">‖ held: ${because}</p>`}
${decision && html`<p>Version ${version} was ${decision.action === 'release' ? 'released' : 'rejected'} by ${decision.by} at <time>${decision.decidedAt}</time>: ${decision.why}</p>`}`;
}

function penaltiesView({ penalties, formula }: Explanation): Html {
  if (penalties.length === 0) return html`<p>Nothing cost points.</p>`;
  return html`<div class="scroll" role="region" aria-label="Penalties" tabindex="0"><table><caption>100 minus these points, by formula ${formula}</caption>
<thead><tr><th scope="col" class="number">points</th><th scope="col">rule</th><th scope="col">because</th><th scope="col">evidence</th></tr></thead>
<tbody>${penalties.map(({ points, name, because, evidence }) => {
    const [first] = evidence.first;
    const more =
      evidence.count > 1 && html` <span class="remark">(the first of ${count(evidence.count)})</span>`;
    return html`<tr><td class="number">−${points}</td><th scope="row">${name}</th><td>${because}</td><td>${first && html`${first.text}${more}`}</td></tr>`;
  })}</tbody></table></div>`;
}

function whatIfView({ whatIf }: Explanation): Html {
  if (whatIf.length === 0) return html``;
  return html`<h3>What would raise it</h3><ul class="plain">${whatIf.map(({ from, to, text }) => html`<li><strong>${from} → ${to}</strong> ${text}</li>`)}</ul>`;
}

const RULE_MARKS: Record<RuleResult['outcome'], { mark: string; look: string }> = {
  kept: { mark: '✓ kept', look: 'good-text' },
  broken: { mark: '✗ broken', look: 'bad-text' },
  'not-checked': { mark: '▲ not checked', look: 'warn-text' },
};

export function rulesView({ rules }: Explanation): Html {
  if (rules.length === 0) return html``;
  return html`<section aria-labelledby="rules"><h2 id="rules">Rules across tables</h2>
<div class="scroll" role="region" aria-label="Rules across tables" tabindex="0"><table>
<thead><tr><th scope="col">rule</th><th scope="col">outcome</th><th scope="col">in words</th><th scope="col" class="number">checked</th><th scope="col" class="number">violations</th></tr></thead>
<tbody>${rules.map(
    ({ rule, text, outcome, because, checked, violations }) =>
      html`<tr><th scope="row">${rule}</th><td class="state ${RULE_MARKS[outcome].look}">${RULE_MARKS[outcome].mark}</td><td>${text}${because !== undefined && `: ${because}`}</td><td class="number">${count(checked)}</td><td class="number">${count(violations)}</td></tr>`,
  )}</tbody></table></div></section>`;
}
