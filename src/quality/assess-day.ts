import type { PartnerConfig } from '../config/partner-config.js';
import type { Completeness } from '../ingest/arrivals/completeness.js';
import type { Plan, TableHead } from '../ingest/planning/plan.js';
import { type DayFigures, figuresOf } from './day-figures.js';
import { expectedSchemaFindings } from './expected-schema.js';
import type { Finding } from './finding.js';
import { decideGate, type Gate } from './gate.js';
import { headerDriftFinding } from './header-drift.js';
import type { History } from './history.js';
import { type HistoryVerdict, historyChecks } from './history-checks.js';
import { missingArchiveFindings } from './missing-archives.js';
import { rowFindings } from './row-checks.js';
import { distinctCounts, ruleFindings } from './rule-findings.js';
import type { RuleResult } from './rule-result.js';
import { type Score, scoreOf } from './score.js';
import { type ScoreFacts, scoreFacts } from './score-facts.js';
import { nullRatioFindings } from './table-checks.js';
import type { TableStatus } from './table-summary.js';
import { type RetypedPlace, type SchemaEvent, schemaTimeline } from './timeline.js';
import { usualAbsences } from './usual-absences.js';
import { type WhatIf, whatIf } from './what-if.js';

/** One table of the version, as it was planned and as readers get it. */
export interface AssessedTable {
  head: TableHead;
  /** Of a stale table that is an earlier plan. */
  shown: TableHead;
  status: TableStatus;
  failure?: { error: string; tries: number } | undefined;
}

/** What is known besides the plan: of earlier days, and from where values of another type begin. */
export interface AssessContext {
  history: History;
  /** Whether each source has sent everything. Empty: not known. */
  sources: readonly Completeness[];
  retyped: readonly RetypedPlace[];
  /** Minutes from the opening of the day to its last archive. */
  arrivedAfter?: number | undefined;
  /** What came of the rules across tables. */
  rules: readonly RuleResult[];
}

export interface AssessInput {
  config: PartnerConfig;
  plan: Plan;
  tables: readonly AssessedTable[];
  context: AssessContext;
}

/** Everything quality has to say of a version. */
export interface Assessment {
  score: Score;
  facts: ScoreFacts;
  gate: Gate;
  sources: Completeness[];
  /** What was found by looking at the version as a whole. */
  checks: Finding[];
  /** The same, and what planning found. */
  findings: Finding[];
  timeline: SchemaEvent[];
  rules: RuleResult[];
  history: HistoryVerdict;
  whatIf: WhatIf[];
  figures: DayFigures;
}

/** A pure function of the plan, the configuration and what earlier days left: the same of these, the same score. */
export function assessDay({ config, plan, tables, context }: AssessInput): Assessment {
  const { history, retyped, arrivedAfter, sources, rules } = context;
  const figures = figuresOf({ plan, tables, arrivedAfter, distinct: distinctCounts(rules) });
  const compared = historyChecks(figures, history, config.quality, { announced: isAnnounced(plan, context) });
  const checks = located(
    [
      ...dayFindings(plan, context, config).filter((finding) => !isSaid(finding, compared.findings, sources)),
      ...tables.flatMap((table) => tableFindings(table, config)),
      ...compared.findings,
      ...context.rules.flatMap(ruleFindings),
    ],
    retyped,
  );
  const planned = located(
    [...usualAbsences(plan.findings, history, plan.date), ...tables.flatMap(({ head }) => head.findings)],
    retyped,
  );
  const findings = [...checks, ...planned];
  const day = { plan, tables, findings };
  const facts = scoreFacts(day);
  const score = scoreOf(facts, findings);
  return {
    score,
    facts,
    gate: decideGate(score.score, findings, config.quality),
    sources: [...sources],
    checks,
    findings,
    timeline: schemaTimeline({
      plan,
      heads: tables.map(({ head }) => head),
      retyped: findings.filter(({ code }) => code === 'column-retyped'),
      places: retyped,
      members: config.members,
    }),
    rules: [...rules],
    history: compared.history,
    whatIf: whatIf(day),
    figures,
  };
}

/** Its sources said how many archives there should be: then nobody needs to ask earlier days. */
function isAnnounced({ arrivals }: Plan, { sources }: AssessContext): boolean {
  if (sources.length > 0) return sources.every(({ announced }) => announced !== undefined);
  return arrivals.announced + arrivals.unnamed > 0;
}

/** Of a single source earlier days say the same twice: by its own last days, and by all that are known. */
function isSaid(
  { code, measure }: Finding,
  compared: readonly Finding[],
  sources: AssessContext['sources'],
): boolean {
  if (measure?.basis !== 'history' || sources.length > 1) return false;
  return compared.some(
    (other) => other.code === code && other.table === undefined && other.severity !== 'info',
  );
}

function dayFindings(plan: Plan, { sources }: AssessContext, { quality }: PartnerConfig): Finding[] {
  return [
    ...missingArchiveFindings({ plan, sources, threshold: quality.missingFiles }),
    ...(plan.verdict === 'unsigned' ? [UNSIGNED] : []),
  ];
}

const UNSIGNED: Finding = {
  code: 'day-unsigned',
  severity: 'warning',
  detail: 'was sealed before every source had said that it was complete',
};

/** What the thresholds say of a table as readers get it, and of how it was sent. */
function tableFindings({ head, shown, status, failure }: AssessedTable, config: PartnerConfig): Finding[] {
  const { table } = head;
  const failed: Finding[] =
    failure === undefined
      ? []
      : [
          {
            code: 'merge-failed',
            severity: 'error',
            table,
            detail: failure.error,
            count: Math.max(1, failure.tries),
          },
        ];
  return [
    ...failed,
    ...(status === 'failed' ? [] : nullRatioFindings(shown, config.quality)),
    ...headerDriftFinding(head),
    ...expectedSchemaFindings(head, config),
    ...rowFindings(head, config.quality),
  ];
}

/** Says of a column of another type where that begins. */
function located(findings: readonly Finding[], places: readonly RetypedPlace[]): Finding[] {
  return findings.map((finding) => {
    const { code, table, column } = finding;
    if (code !== 'column-retyped') return finding;
    const place = places.find((candidate) => candidate.table === table && candidate.column === column);
    if (place === undefined) return finding;
    const { archive, member, members } = place;
    return { ...finding, archive, ...(member === undefined ? {} : { member }), count: Math.max(1, members) };
  });
}
