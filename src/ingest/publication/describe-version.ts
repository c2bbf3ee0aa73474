import type { PartnerConfig } from '../../config/partner-config.js';
import type { Alert } from '../../quality/alert.js';
import { versionAlert } from '../../quality/alert-text.js';
import { type AssessContext, type Assessment, assessDay } from '../../quality/assess-day.js';
import type { DayFigures } from '../../quality/day-figures.js';
import type { Finding } from '../../quality/finding.js';
import { type QualityReport, qualityReport } from '../../quality/quality-report.js';
import { renderSummaryText } from '../../quality/summary.js';
import { bySeverity, type DaySummary, fateCounts, tableReport } from '../../quality/summary-json.js';
import { summarizeTable } from '../../quality/table-summary.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Plan } from '../planning/plan.js';
import type { GatheredTable } from './gather-tables.js';
import type { Ledger } from './ledger.js';
import type { Publication } from './publication.js';

export interface DescribeInput {
  layout: PartnerDayLayout;
  config: PartnerConfig;
  plan: Plan;
  tables: readonly GatheredTable[];
  ledger: Ledger;
  /** What quality is judged by, besides the version itself. */
  context: AssessContext;
  publishedAt: string;
  workflowId: string;
  runId: string;
}

/** Everything that is written about a version. Only `publication` knows when and by whom. */
export interface VersionDescription {
  publication: Publication;
  ledger: Ledger;
  summaryText: string;
  summary: DaySummary;
  quality: QualityReport;
  figures: DayFigures;
  tableMetadata: { format: 1; partner: string; date: string; version: number; tables: object[] };
  alert: Alert | undefined;
}

export function describeVersion(input: DescribeInput): VersionDescription {
  const { layout, config, plan, tables, ledger } = input;
  const { partner, date, version } = plan;
  const assessment = assessDay({
    config,
    plan,
    tables: tables.map(({ head, shown, published, failure }) => ({
      head,
      shown,
      status: published.status,
      failure,
    })),
    context: input.context,
  });
  const { gate } = assessment;
  const { score } = assessment.score;
  const status = gate.outcome === 'hold' ? 'held' : 'published';
  const findings = bySeverity(assessment.findings);
  const summaries = tables.map(({ shown, published }) =>
    summarizeTable(shown, published.status, published.error),
  );
  const keys = layout.version(version);
  const id = { format: 1, partner, date, version } as const;
  return {
    publication: {
      ...id,
      status,
      publishedAt: input.publishedAt,
      workflowId: input.workflowId,
      runId: input.runId,
      tables: tables.map(({ published }) => published),
      score,
      gate,
      summaryKey: keys.summary,
      ledgerKey: keys.ledger,
    },
    ledger,
    summaryText: renderSummaryText(summaries),
    summary: {
      ...id,
      verdict: plan.verdict,
      score,
      archives: fateCounts(plan),
      members: plan.members,
      rows: plan.rows,
      tables: tables.map(({ shown, published }, index) => tableReport(shown, summaries[index]!, published)),
      ledger: { holds: ledger.holds, identities: ledger.identities },
      findings,
    },
    quality: qualityReport({ ...id, format: 2 }, assessment),
    figures: assessment.figures,
    tableMetadata: {
      ...id,
      tables: tables.filter(({ published }) => published.key !== undefined).map(metadata),
    },
    alert: alert(input, assessment, status, findings),
  };
}

function metadata({ shown, published }: GatheredTable): object {
  const { table, columns, types, nulls, rows, members, headerConsistent, missingFields, changes } = shown;
  const { key, bytes, crc32, version, status } = published;
  return {
    table,
    status,
    key,
    version,
    bytes,
    crc32,
    rows,
    columns: columns.map((name, index) => ({ name, type: types[index], nulls: nulls[index] })),
    members,
    headerConsistent,
    missingFields,
    changes,
  };
}

function alert(
  { config, plan, tables }: DescribeInput,
  { score: { score }, gate }: Assessment,
  status: 'published' | 'held',
  findings: readonly Finding[],
): Alert | undefined {
  const { partner, date, version, verdict } = plan;
  // Of a table that failed its own line tells the cause.
  const failed = new Set(tables.filter(({ failure }) => failure !== undefined).map(({ head }) => head.table));
  const problems = findings.filter(
    ({ severity, table }) => severity === 'error' && (table === undefined || !failed.has(table)),
  );
  return versionAlert({
    partner,
    date,
    version,
    verdict,
    status,
    score,
    because: gate.because,
    tables: tables.flatMap(({ head, published, failure }) =>
      failure === undefined || published.status === 'merged'
        ? []
        : [
            {
              table: head.table,
              status: published.status,
              rows: head.rows,
              refused: head.refused !== undefined,
              ...failure,
            },
          ],
    ),
    tableCount: tables.length,
    rows: plan.rows.read,
    problems,
    consumers: config.consumers,
  });
}
