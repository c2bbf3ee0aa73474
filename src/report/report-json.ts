import { stateOf } from './day-facts.js';
import { type Report, reportedDays } from './report.js';
import { schemaEvents } from './sections/timeline.js';
import { verdictOf } from './sections/verdict.js';
import { rankedPenalties } from './sections/why.js';

/** The report for machines; the figures of the page, and the keys of where more is written. */
export function reportJson(report: Report): object {
  const { partner, period, codeVersion, generatedAt, configHash, lineage } = report;
  const { score, state, headline } = verdictOf(report);
  return {
    format: 1,
    partner,
    period: { kind: period.kind, id: period.id, from: period.from, to: period.to },
    verdict: { score: score ?? null, state, headline },
    penalties: rankedPenalties(report).map(({ name, points, because }) => ({ name, points, because })),
    days: report.days.map((day) => {
      const { publication, summary } = day;
      return {
        date: day.date,
        state: stateOf(day),
        version: publication?.version ?? null,
        score: publication?.score ?? null,
        publishedAt: publication?.publishedAt ?? null,
        arrivedAfterMinutes: day.arrivedAfter ?? null,
        publishedAfterMinutes: day.publishedAfter ?? null,
        summaryKey: publication?.summaryKey ?? null,
        incidents: day.incidents,
        archives: summary?.archives ?? {},
        rows: summary?.rows ?? null,
        tables: (summary?.tables ?? []).map(({ table, status, rows, nullRatio, headerConsistent }) => ({
          table,
          status,
          rows,
          nullRatio,
          headerConsistent,
        })),
        alerts: day.deliveries.map(({ channel, level, state: told, at }) => ({
          channel,
          level,
          state: told,
          at,
        })),
      };
    }),
    schemaChanges: schemaEvents(reportedDays(report)),
    archives: lineage?.archives ?? [],
    configHash: configHash ?? null,
    codeVersion,
    generatedAt,
  };
}
