import { Html, html } from './html.js';
import type { Report } from './report.js';
import { alertsSection } from './sections/alerts.js';
import { footerSection } from './sections/footer.js';
import { incidentsSection } from './sections/incidents.js';
import { latenessSection } from './sections/lateness.js';
import { lineageSection } from './sections/lineage.js';
import { nullSection } from './sections/nulls.js';
import { rulesSection } from './sections/rules.js';
import { stripSection } from './sections/strip.js';
import { tablesSection } from './sections/tables.js';
import { timelineSection } from './sections/timeline.js';
import { verdictSection } from './sections/verdict.js';
import { whySection } from './sections/why.js';
import { STYLES } from './styles.js';

/** A report as one file that needs nothing else: no network, no script. */
export function renderPage(report: Report): string {
  return pageOf(`${report.partner} ${report.period.id}`, [
    verdictSection(report),
    whySection(report),
    stripSection(report),
    tablesSection(report),
    nullSection(report),
    timelineSection(report),
    latenessSection(report),
    ...(report.period.kind === 'day' ? [] : [incidentsSection(report)]),
    lineageSection(report),
    rulesSection(report),
    alertsSection(report),
    footerSection(report),
  ]);
}

/** The policy forbids whatever a mistake of ours might let through. */
export function pageOf(title: string, sections: readonly Html[]): string {
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Html(STYLES)}</style></head><body><main>
${sections.map(
  (section) => html`<section>${section}</section>
`,
)}</main></body></html>
`;
  return page.markup;
}
