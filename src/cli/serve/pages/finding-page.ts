import { renderFinding } from '../../../quality/render-finding.js';
import type { DaySummary } from '../../../quality/summary-json.js';
import { shellQuote } from '../../temporal/plain-command.js';
import type { Answer } from '../exchange.js';
import { severity } from './findings-list.js';
import { html } from './html.js';
import { pageAnswer } from './page.js';
import { dayPath, partnerPath, tablePath } from './paths.js';

const PLACES = ['table', 'column', 'archive', 'member', 'row', 'line', 'offset', 'count'] as const;
const NAMES: Record<string, string> = { offset: 'byte', count: 'times' };

export function findingPage(summary: DaySummary, index: number): Answer {
  const finding = summary.findings[index]!;
  const { partner, date, version } = summary;
  const same = summary.findings.filter(({ code }) => code === finding.code).length;
  const trail = [
    { text: partner, href: partnerPath(partner) },
    { text: date, href: dayPath(partner, date) },
    ...(finding.table === undefined
      ? []
      : [{ text: finding.table, href: tablePath(partner, date, finding.table) }]),
  ];
  return pageAnswer({
    title: `${finding.code} of ${partner} ${date}`,
    trail,
    main: html`<h1><code>${finding.code}</code></h1>
<p>${severity(finding.severity)} ${renderFinding(finding)}</p>
<dl>
${PLACES.map((name) => finding[name] !== undefined && html`<dt>${NAMES[name] ?? name}</dt><dd>${finding[name]}</dd>`)}
${Object.entries(finding.measure ?? {}).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
<dt>version</dt><dd>${version}</dd>
<dt>of this kind</dt><dd>${same} in this version</dd>
</dl>
<h2>Next</h2>
${commands(summary, index).map((command) => html`<pre><code>${command}</code></pre>`)}`,
  });
}

function commands({ partner, date, findings }: DaySummary, index: number): string[] {
  const { table, archive } = findings[index]!;
  return [
    `partnerday explain ${partner} ${date}${table === undefined ? '' : ` ${shellQuote(table)}`}`,
    `partnerday quarantine list ${partner} ${date}`,
    ...(archive === undefined ? [] : [`partnerday inspect ${shellQuote(archive)}`]),
  ];
}
