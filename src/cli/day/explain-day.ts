import { readJson, requireJson } from '../../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import { type Decision, decisionSchema } from '../../ingest/publication/record-decision.js';
import { readTriggerNote } from '../../ingest/publication/trigger-note.js';
import { expiredSchema } from '../../ingest/retention/expired-note.js';
import type { Finding } from '../../quality/finding.js';
import type { Gate } from '../../quality/gate.js';
import type { HistoryVerdict } from '../../quality/history-checks.js';
import { anyQualityReportSchema } from '../../quality/quality-report.js';
import { describeFinding, renderFinding } from '../../quality/render-finding.js';
import type { RuleResult } from '../../quality/rule-result.js';
import type { Penalty } from '../../quality/score.js';
import type { SchemaEvent } from '../../quality/timeline.js';
import type { WhatIf } from '../../quality/what-if.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { Progress } from '../../workflows/messages.js';
import type { DayReport, TableReport } from './day-report.js';

/** Why a day, or a table of it, is not as it should be, and what to do about it. */
export interface Explanation {
  partner: string;
  date: string;
  version: number | null;
  status: DayReport['status'];
  score: number | null;
  verdict: DayReport['verdict'];
  /** Whether each source had sent everything, and by what evidence. */
  sources: DayReport['sources'];
  error: string | null;
  /** Of the score's formula. `null`: nothing was published. */
  formula: number | null;
  penalties: ExplainedPenalty[];
  /** What would raise the score, the largest gain first. */
  whatIf: WhatIf[];
  gate: Gate | null;
  /** Who released or rejected it, where it was held. */
  decision: Decision | null;
  /** How the headers and types of the day changed. */
  timeline: SchemaEvent[];
  rules: RuleResult[];
  /** With which earlier days it was compared. */
  history: HistoryVerdict | null;
  /** Archives that were read once more: rows of theirs had expired, and the tables needed them. */
  readAgain: { tables: string[]; archives: string[] }[];
  /** What is wrong with the day as a whole: archives and members that belong to no table. */
  day: Explained[];
  /** Tables that failed, or that something was found in. */
  tables: ExplainedTable[];
  next: string[];
}

export interface Explained extends Finding {
  /** What, where and what to do, in one sentence. */
  text: string;
}

export interface ExplainedTable {
  table: string;
  status: TableReport['status'];
  error: string | null;
  /** How often merging was tried before the version was published; 0: it was refused. `null`: it did not fail. */
  tries: number | null;
  /** Rounds of tries so far, the first included. `null`: not known without Temporal. */
  rounds: number | null;
  lastGood: TableReport['lastGood'];
  findings: Explained[];
  next: string | null;
}

export interface ExplainedPenalty extends Omit<Penalty, 'evidence'> {
  /** How many findings it is for, and the first of them. */
  evidence: { count: number; first: Explained[] };
}

/** From the store alone, but for the rounds of tries, which only the run knows. `table`: only this one. */
export async function explainDay(
  store: ObjectStore,
  layout: PartnerDayLayout,
  day: DayReport,
  { table, last }: { table?: string | undefined; last?: Progress | undefined } = {},
): Promise<Explanation> {
  const keys = day.version === null ? undefined : layout.version(day.version);
  const quality = keys && (await readJson(store, keys.quality, anyQualityReportSchema));
  const decision = keys && (await readJson(store, keys.decision, decisionSchema));
  const ofTable = (of: { table: string }) => table === undefined || of.table === table;
  const { finding: untold } = (keys && (await readTriggerNote(store, keys))) ?? {};
  const told = day.findings.filter(({ severity }) => severity !== 'info' || table !== undefined);
  const tables = day.tables
    .filter((candidate) => table === undefined || candidate.table === table)
    .map((candidate) => explainTable(day, candidate, told, last))
    .filter((candidate) => table !== undefined || isFlagged(candidate));
  return {
    partner: day.partner,
    date: day.date,
    version: day.version,
    status: day.status,
    score: day.score,
    verdict: day.verdict,
    sources: table === undefined ? day.sources : [],
    error: day.error,
    formula: quality?.formula ?? null,
    penalties: (quality?.penalties ?? []).map(({ evidence: { count, first }, ...penalty }) => ({
      ...penalty,
      evidence: {
        count,
        first: first.map((finding) => ({ ...finding, text: describeFinding(finding) })),
      },
    })),
    whatIf: quality?.whatIf ?? [],
    gate: quality?.gate ?? null,
    decision: decision ?? null,
    timeline: (quality?.timeline ?? []).filter(ofTable),
    rules: (quality?.rules ?? []).filter(
      ({ tables: concerned }) => table === undefined || concerned.includes(table),
    ),
    history: quality?.history ?? null,
    readAgain: table === undefined ? await readAgain(store, layout) : [],
    day:
      table === undefined
        ? [...told.filter((finding) => finding.table === undefined), ...(untold ? [untold] : [])].map(
            explained,
          )
        : [],
    tables,
    next: nextOf(day, tables, decision),
  };
}

async function readAgain(store: ObjectStore, layout: PartnerDayLayout): Promise<Explanation['readAgain']> {
  const notes: Explanation['readAgain'] = [];
  for await (const { key } of store.list(layout.expiredPrefix)) {
    const { tables, archives } = await requireJson(store, key, expiredSchema);
    notes.push({ tables, archives: archives.map((archive) => archive.key) });
  }
  return notes;
}

function explainTable(
  day: DayReport,
  report: TableReport,
  findings: readonly Finding[],
  last: Progress | undefined,
): ExplainedTable {
  const own = findings.filter((finding) => finding.table === report.table);
  const failed = report.status !== 'merged';
  const refused = own.some(({ code }) => code === 'contract-breach');
  const tries = own.find(({ code }) => code === 'merge-failed')?.count ?? 0;
  const again = refused
    ? `partnerday run ${day.partner} ${day.date} --wait`
    : `partnerday retry ${day.partner} ${day.date} --table ${report.table} --wait`;
  return {
    table: report.table,
    status: report.status,
    error: report.error,
    tries: failed ? (refused ? 0 : tries) : null,
    rounds: (failed && last?.tables.find(({ table }) => table === report.table)?.round) || null,
    lastGood: report.lastGood,
    findings: own.map(explained),
    next: failed ? again : null,
  };
}

function isFlagged({ status, findings }: ExplainedTable): boolean {
  return status !== 'merged' || findings.some(({ severity }) => severity !== 'info');
}

function explained(finding: Finding): Explained {
  return { ...finding, text: renderFinding(finding) };
}

function nextOf(day: DayReport, tables: readonly ExplainedTable[], decision: Decision | undefined): string[] {
  if (day.status === 'held') {
    if (decision !== undefined) return [`partnerday run ${day.partner} ${day.date} --wait`];
    const decide = `partnerday decide ${day.partner} ${day.date}`;
    return [`${decide} release --why REASON`, `${decide} reject --why REASON`];
  }
  const failed = tables.flatMap(({ next }) => (next === null ? [] : [next]));
  return failed.length === 0 && day.status === 'failed'
    ? [`partnerday run ${day.partner} ${day.date} --wait`]
    : [...new Set(failed)];
}
