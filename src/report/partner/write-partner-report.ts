import { PartnerDayLayout } from '../../ingest/layout.js';
import type { ObjectStore } from '../../store/object-store.js';
import { replace } from '../../store/replace.js';
import { renderPartnerPage } from './partner-page.js';
import type { PartnerReport } from './partner-report.js';

export interface WrittenPartnerReport {
  html: string;
  /** By fault. */
  samples: Record<string, string>;
}

export async function writePartnerReport(
  store: ObjectStore,
  report: PartnerReport,
): Promise<WrittenPartnerReport> {
  const layout = new PartnerDayLayout(report.partner, report.date);
  const samples: Record<string, string> = {};
  for (const { code, sample } of report.faults) {
    if (sample === undefined) continue;
    samples[code] = layout.faultSample(code);
    await replace(store, samples[code], sample);
  }
  await replace(store, layout.partnerReport, Buffer.from(renderPartnerPage(report)));
  return { html: layout.partnerReport, samples };
}

export function partnerReportJson(report: PartnerReport, samples: Readonly<Record<string, string>>): object {
  const { faults, ...rest } = report;
  return {
    format: 1,
    ...rest,
    faults: faults.map(({ sample: _sample, ...fault }) => ({
      ...fault,
      sampleKey: samples[fault.code] ?? null,
    })),
  };
}
