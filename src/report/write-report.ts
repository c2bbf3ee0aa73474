import { encodeJson } from '../ingest/documents/json-object.js';
import { PartnerDayLayout, periodReport } from '../ingest/layout.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { replace } from '../store/replace.js';
import { renderPage } from './page.js';
import type { Report } from './report.js';
import { reportJson } from './report-json.js';
import { reportMarkdown } from './report-markdown.js';

export interface WrittenReport {
  html: string;
  json: string;
  markdown: string;
}

/** Keys of a report; the day's stands beside its versions and is about the newest. */
export function reportKeys({ partner, period }: Pick<Report, 'partner' | 'period'>): WrittenReport {
  const base =
    period.kind === 'day'
      ? new PartnerDayLayout(partner, period.id).report
      : periodReport(partner, period.kind, period.id);
  return { html: `${base}.html`, json: `${base}.json`, markdown: `${base}.md` };
}

/** Writes a report in every form, over an earlier one of the same period. */
export async function writeReport(
  store: ObjectStore,
  report: Report,
  options: CallOptions = {},
): Promise<WrittenReport> {
  const keys = reportKeys(report);
  await replace(store, keys.json, encodeJson(reportJson(report)), options);
  await replace(store, keys.markdown, Buffer.from(reportMarkdown(report)), options);
  await replace(store, keys.html, Buffer.from(renderPage(report)), options);
  return keys;
}
