import { basename } from 'node:path/posix';
import type { PartnerConfig } from '../config/partner-config.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { readPlan } from '../ingest/planning/read-plan.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { DayFacts } from './day-facts.js';
import { readLineage } from './lineage.js';
import { type Period, periodBefore } from './period.js';
import { readDayFacts } from './read-day-facts.js';
import { focusOf, type Report, scoresOf } from './report.js';

export interface GatherReportInput {
  store: ObjectStore;
  config: PartnerConfig;
  period: Period;
  /** Of the Temporal Web UI's page of a run. */
  workflowUrl?: ((workflowId: string, runId: string) => Promise<string | undefined>) | undefined;
  codeVersion: string;
  now: Date;
  options?: CallOptions;
}

const AT_ONCE = 8;

/** Reads what a report shows. Of days without any trace the date remains. */
export async function gatherReport(input: GatherReportInput): Promise<Report> {
  const { store, config, period, options = {}, codeVersion, now } = input;
  const { quality, sources, consumers, timeZone, name } = config;
  const days = await readDays(input, period.dates);
  const before = period.kind === 'day' ? [] : await readDays(input, periodBefore(period).dates);
  const report: Report = {
    partner: config.id,
    ...(name === undefined ? {} : { name }),
    period,
    days,
    scoresBefore: scoresOf(before),
    config: { quality, sources, consumers, timeZone },
    codeVersion,
    generatedAt: now.toISOString(),
  };
  const focus = focusOf(report);
  if (focus?.publication === undefined) return report;
  const { version, workflowId, runId } = focus.publication;
  const layout = new PartnerDayLayout(config.id, focus.date);
  const plan = await readPlan(store, layout.version(version), options);
  const workflowUrl = await input.workflowUrl?.(workflowId, runId);
  return {
    ...report,
    configHash: basename(plan.configKey, '.json'),
    ...(workflowUrl === undefined ? {} : { workflowUrl }),
    ...(period.kind === 'day' ? { lineage: await readLineage(store, layout, plan, options) } : {}),
  };
}

async function readDays(
  { store, config, options = {} }: GatherReportInput,
  dates: readonly string[],
): Promise<DayFacts[]> {
  const days: DayFacts[] = [];
  for (let from = 0; from < dates.length; from += AT_ONCE) {
    const some = dates.slice(from, from + AT_ONCE);
    days.push(
      ...(await Promise.all(
        some.map((date) => readDayFacts(store, new PartnerDayLayout(config.id, date), config, options)),
      )),
    );
  }
  return days;
}
