import type { Finding } from '../../../quality/finding.js';
import { renderFinding } from '../../../quality/render-finding.js';
import { type Html, html } from './html.js';
import { findingPath } from './paths.js';

/** A finding with its place in its version's list. */
export interface Numbered {
  index: number;
  finding: Finding;
}

export function numbered(findings: readonly Finding[]): Numbered[] {
  return findings.map((finding, index) => ({ finding, index }));
}

const SHOWN = 20;

/** The first few of every kind: what repeats is counted. */
export function findingsList(
  partner: string,
  date: string,
  version: number,
  findings: readonly Numbered[],
): Html {
  const byCode = new Map<string, Numbered[]>();
  for (const entry of findings)
    byCode.set(entry.finding.code, [...(byCode.get(entry.finding.code) ?? []), entry]);
  return html`<ul class="findings">${[...byCode].flatMap(([code, same]) => [
    ...same
      .slice(0, SHOWN)
      .map(
        ({ index, finding }) =>
          html`<li>${severity(finding.severity)} <a href="${findingPath(partner, date, version, index)}"><code>${code}</code></a> ${renderFinding(finding)}</li>`,
      ),
    ...(same.length > SHOWN
      ? [
          html`<li class="remark">and ${same.length - SHOWN} more <code>${code}</code>: <code>partnerday explain ${partner} ${date} -o json</code></li>`,
        ]
      : []),
  ])}</ul>`;
}

const MARKS = { error: '✗ error', warning: '▲ warning', info: 'ℹ info' } as const;
const LOOKS = { error: 'bad', warning: 'warn', info: 'none' } as const;

export function severity(of: Finding['severity']): Html {
  return html`<span class="chip ${LOOKS[of]}">${MARKS[of]}</span>`;
}
