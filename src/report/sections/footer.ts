import { type Html, html } from '../html.js';
import { instant } from '../numbers.js';
import { focusOf, type Report } from '../report.js';

export function footerSection(report: Report): Html {
  const { codeVersion, configHash, workflowUrl, generatedAt, partner, period } = report;
  const publication = focusOf(report)?.publication;
  const run = publication && `${publication.workflowId} (run ${publication.runId})`;
  const next =
    period.kind === 'day' ? `partnerday explain ${partner} ${period.to}` : `partnerday status ${partner}`;
  return html`<footer><p>Partnerday ${codeVersion}${configHash !== undefined && html` · configuration <code>${configHash}</code>`}${
    run !== undefined &&
    html` · ${workflowUrl === undefined ? html`<code>${run}</code>` : html`<a href="${workflowUrl}">${run}</a>`}`
  }</p><p>Made ${instant(generatedAt)} from the store alone. The same for machines: the <code>.json</code> beside this page. More: <code>${next}</code></p></footer>`;
}
