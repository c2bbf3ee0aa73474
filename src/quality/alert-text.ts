import type { Alert, AlertCause, AlertSection } from './alert.js';
import type { Finding } from './finding.js';
import { formatPercent } from './ratio.js';
import { renderFinding } from './render-finding.js';

export interface AlertTable {
  table: string;
  status: 'failed' | 'stale';
  error: string;
  /** Rows of the day that are not in the table readers get. */
  rows: number;
  tries: number;
  rounds: number;
  /** By its plan: another try gives the same answer. */
  refused: boolean;
}

export interface AlertInput {
  partner: string;
  date: string;
  version: number;
  verdict: string;
  status: 'published' | 'held';
  score: number;
  /** Why the gate holds the version, or warns of it. */
  because?: readonly string[];
  tables: readonly AlertTable[];
  /** All tables of the day. */
  tableCount: number;
  /** All rows read today. */
  rows: number;
  /** What is missing or set aside, most severe first. */
  problems: readonly Finding[];
  consumers: readonly string[];
}

const SHOWN = 10;

/** Cause, impact, what was retried, and what to type next. `undefined` when there is nothing to tell. */
export function versionAlert(input: AlertInput): Alert | undefined {
  const { partner, date, version, tables, problems, status, verdict, score, consumers } = input;
  const { because = [] } = input;
  if (tables.length === 0 && problems.length === 0 && because.length === 0 && status !== 'held')
    return undefined;
  const causes = [...tables.map(failureCause), ...problems.map(findingCause), ...gateCauses(input)];
  const next = nextCommands(input);
  const missing = tables.reduce((total, table) => total + table.rows, 0);
  return {
    format: 1,
    partner,
    date,
    level: tables.length > 0 || status === 'held' ? 'error' : 'warning',
    subject: subjectOf(input),
    sections: [
      { title: 'Cause', lines: causeLines(causes) },
      { title: 'Impact', lines: impact(input, missing) },
      { title: 'Retried', lines: retried(tables) },
      { title: 'Next', lines: next },
    ],
    causes: causes.slice(0, SHOWN),
    tables: tables.map(({ table }) => table),
    consumers: [...consumers],
    rows: { concerned: missing, all: input.rows },
    version,
    score,
    verdict,
    next,
  };
}

function failureCause({ table, error, refused }: AlertTable): AlertCause {
  return { rule: refused ? 'contract-breach' : 'merge-failed', text: `table ${table}: ${error}`, table };
}

function findingCause(finding: Finding): AlertCause {
  const { code, table, archive, member, line } = finding;
  return {
    rule: code,
    text: renderFinding(finding),
    ...(table === undefined ? {} : { table }),
    ...(archive === undefined ? {} : { archive }),
    ...(member === undefined ? {} : { member }),
    ...(line === undefined ? {} : { line }),
  };
}

function gateCauses({ status, version, because = [] }: AlertInput): AlertCause[] {
  const reasons = because.map((text) => ({ rule: 'gate', text }));
  if (status !== 'held') return reasons;
  return [...reasons, { rule: 'gate', text: `version ${version} waits for a decision` }];
}

/** What failed, then the first of what else was found; the gate, which comes last, is never cut off. */
function causeLines(causes: readonly AlertCause[]): string[] {
  const line = ({ rule, text }: AlertCause) => `${rule}: ${text}`;
  const gate = causes.filter(({ rule }) => rule === 'gate');
  const others = causes.filter(({ rule }) => rule !== 'gate');
  const rest = others.length - SHOWN;
  return [
    ...others.slice(0, SHOWN).map(line),
    ...(rest > 0 ? [`and ${rest} more in summary.json`] : []),
    ...gate.map(line),
  ];
}

function subjectOf({
  partner,
  date,
  version,
  tables,
  tableCount,
  status,
  verdict,
  score,
}: AlertInput): string {
  const what =
    tables.length > 0
      ? `${tables.length} of ${counted(tableCount, 'table', 'tables')} not merged`
      : status === 'held'
        ? 'held for a decision'
        : 'published with findings';
  return `${partner} ${date} v${version}: ${what} (verdict ${verdict}, score ${score})`;
}

function impact({ tables, tableCount, rows, consumers }: AlertInput, missing: number): string[] {
  const failed = tables.filter(({ status }) => status === 'failed').map(({ table }) => table);
  const stale = tables.filter(({ status }) => status === 'stale').map(({ table }) => table);
  const lines: string[] = [];
  if (failed.length > 0) lines.push(`no rows for this date: ${failed.join(', ')}`);
  if (stale.length > 0) lines.push(`still an earlier version: ${stale.join(', ')}`);
  if (tables.length > 0) {
    lines.push(`${counted(missing, 'row', 'rows')} of the day affected (${formatPercent(missing, rows)})`);
    lines.push(`${tableCount - tables.length} other tables are not affected`);
  } else {
    lines.push('all tables are merged');
  }
  lines.push(consumersLine(consumers));
  return lines;
}

export function consumersLine(consumers: readonly string[]): string {
  return consumers.length > 0 ? `consumers: ${consumers.join(', ')}` : 'consumers: none configured';
}

function retried(tables: readonly AlertTable[]): AlertSection['lines'] {
  if (tables.length === 0) return ['nothing had to be'];
  return tables.map(({ table, tries, rounds, refused }) =>
    refused || tries === 0
      ? `${table}: not at all, another try gives the same answer`
      : `${table}: ${counted(tries, 'try', 'tries')} in ${counted(rounds, 'round', 'rounds')}`,
  );
}

function nextCommands({ partner, date, tables, status }: AlertInput): string[] {
  const next = tables.slice(0, SHOWN).map(({ table }) => `partnerday explain ${partner} ${date} ${table}`);
  if (tables.length === 0) next.push(`partnerday explain ${partner} ${date}`);
  if (status === 'held')
    next.push(`partnerday decide ${partner} ${date} release --why REASON     # or reject`);
  if (tables.some(({ tries, refused }) => tries > 0 && !refused))
    next.push(`partnerday retry ${partner} ${date}`);
  if (tables.some(({ refused }) => refused))
    next.push(`partnerday run ${partner} ${date}     # once the contract or the data has changed`);
  if (status === 'held')
    next.push(`partnerday decide ${partner} ${date} release --why REASON     # or reject`);
  return next;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
