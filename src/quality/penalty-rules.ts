import type { Finding, FindingCode } from './finding.js';
import type { ScoreFacts } from './score-facts.js';

interface Rule {
  name: string;
  /** Most points it costs. */
  most: number;
  /** What is counted, or what it is for, in words. */
  what: string;
  /** Whether a finding shows what the penalty is for. */
  shows(finding: Finding): boolean;
}

/** `most` points for all of it, in proportion for a part, and at least one for any. */
export interface ShareRule extends Rule {
  kind: 'share';
  of: string;
  measure(facts: ScoreFacts): { part: number; whole: number };
}

/** So many points for each table, or for the day, that has such a finding. */
export interface EachRule extends Rule {
  kind: 'each';
  of: 'table' | 'day';
  points: number;
}

export type PenaltyRule = ShareRule | EachRule;

const ARCHIVES: FindingCode[] = [
  'archive-empty',
  'archive-not-gzip',
  'archive-corrupt',
  'archive-hostile',
  'archive-limit',
  'archive-no-members',
  'archive-unreadable',
  'worker-lost',
];
const CUT: FindingCode[] = [
  'archive-cut',
  'archive-corrupt',
  'archive-no-end-marker',
  'archive-one-zero-block',
  'archive-limit',
];

/** Members that have a penalty of their own. */
const COUNTED: ReadonlySet<FindingCode> = new Set(['member-missing', 'member-duplicate']);

/** The formula: in order of rank. Any change of it needs another number of the formula. */
export const PENALTY_RULES: readonly PenaltyRule[] = [
  share('failed-tables', 50, 'tables have no rows for this date', 'tables', {
    measure: ({ tables }) => ({ part: tables.failed, whole: tables.all }),
    shows: told('merge-failed', 'contract-breach', 'schema-unreadable'),
  }),
  share('stale-tables', 30, 'tables are an earlier version’s', 'tables', {
    measure: ({ tables }) => ({ part: tables.stale, whole: tables.all }),
    shows: told('merge-failed', 'contract-breach'),
  }),
  share('missing-archives', 40, 'expected archives are missing', 'expected archives', {
    measure: ({ archives }) => ({ part: archives.missing, whole: archives.expected }),
    shows: (finding) => told('archive-missing')(finding) && !isLearned(finding),
  }),
  share('quarantined-archives', 30, 'archives are set aside', 'archives', {
    measure: ({ archives }) => ({ part: archives.quarantined, whole: archives.all }),
    shows: told(...ARCHIVES),
  }),
  share('quarantined-members', 30, 'members are set aside', 'members', {
    measure: ({ members }) => ({ part: members.quarantined, whole: members.seen }),
    shows: (finding) =>
      told('broken-encoding')(finding) || isError(finding, 'archive-cut', 'contract-breach', 'member-'),
  }),
  share('quarantined-rows', 30, 'rows are set aside', 'rows', {
    measure: ({ rows }) => ({ part: rows.quarantined, whole: rows.read }),
    shows: (finding) =>
      told('ragged-rows', 'broken-encoding', 'row-type')(finding) ||
      isError(finding, 'contract-breach', 'row-', 'member-'),
  }),
  share('salvaged-archives', 15, 'archives were cut and only partly read', 'archives', {
    measure: ({ archives }) => ({ part: archives.salvaged, whole: archives.all }),
    shows: told(...CUT),
  }),
  share('late-archives', 10, 'archives came too late for this version', 'archives', {
    measure: ({ archives }) => ({ part: archives.late, whole: archives.all }),
    shows: told('archive-late'),
  }),
  ofDay('fewer-archives', 10, 'fewer archives than on earlier days', {
    shows: (finding) => told('archive-missing')(finding) && isLearned(finding),
  }),
  each('missing-members', 3, 15, 'fewer members than there should be', {
    shows: told('member-missing'),
  }),
  each('missing-columns', 3, 15, 'columns missing', { shows: told('column-missing') }),
  each('absent-tables', 3, 15, 'no member at all', { shows: told('table-without-members') }),
  each('broken-rules', 5, 25, 'broken rules across tables', {
    shows: told('rule-foreign-key', 'rule-unique', 'rule-row-ratio', 'rule-date-window', 'rule-sum'),
  }),
  each('volume-change', 3, 12, 'unusually many or few rows (the day counts as one)', {
    shows: told('row-count-change', 'volume-change'),
  }),
  each('null-ratio', 2, 10, 'as many null cells as their threshold, or more', {
    shows: (finding) => told('null-ratio')(finding) && finding.column === undefined,
  }),
  each('null-columns', 1, 5, 'columns that have as many null cells as their threshold, or more', {
    shows: (finding) => told('null-ratio')(finding) && finding.column !== undefined,
  }),
  each('null-ratio-change', 2, 8, 'more null cells than usual', {
    shows: told('null-ratio-change'),
  }),
  each('distinct-change', 2, 8, 'unusually many or few keys', { shows: told('distinct-change') }),
  each('retyped-columns', 2, 10, 'columns of another type', { shows: told('column-retyped') }),
  each('header-drift', 1, 10, 'members that have different headers', {
    shows: told('header-drift', 'column-removed'),
  }),
  each('unexpected-columns', 1, 5, 'columns nobody expects', {
    shows: told('column-unexpected'),
  }),
  ofDay('late-arrival', 3, 'its last archive later than on earlier days', { shows: told('late-arrival') }),
  each('duplicate-members', 1, 3, 'members that were sent twice', {
    shows: told('duplicate-members'),
  }),
  ofDay('stray-archives', 1, 'archives that came twice, unannounced or empty', {
    shows: told(
      'archive-duplicate',
      'archive-unannounced',
      'archive-replaced',
      'archive-no-members',
      'archive-one-zero-block',
      'archive-trailing-data',
    ),
  }),
  each('stray-members', 1, 3, 'members of no table or of another day (the day counts as one)', {
    shows: (finding) =>
      finding.severity === 'warning' && finding.code.startsWith('member-') && !COUNTED.has(finding.code),
  }),
  each('unchecked-rules', 1, 3, 'rules that could not be checked', {
    shows: told('rule-not-checked'),
  }),
  ofDay('unsigned', 2, 'no word of its sources that it was complete', {
    shows: told('day-unsigned'),
  }),
];

function share(
  name: string,
  most: number,
  what: string,
  of: string,
  rule: Pick<ShareRule, 'measure' | 'shows'>,
): ShareRule {
  return { kind: 'share', name, most, what, of, ...rule };
}

function each(
  name: string,
  points: number,
  most: number,
  what: string,
  { shows }: Pick<EachRule, 'shows'>,
): EachRule {
  return { kind: 'each', of: 'table', name, points, most, what, shows };
}

function ofDay(name: string, points: number, what: string, { shows }: Pick<EachRule, 'shows'>): EachRule {
  return { kind: 'each', of: 'day', name, points, most: points, what, shows };
}

/** Warnings and errors of these codes: what is said for information costs nothing. */
function told(...codes: FindingCode[]): (finding: Finding) => boolean {
  const known = new Set(codes);
  return ({ code, severity }) => severity !== 'info' && known.has(code);
}

/** An error of such a code, or of one that begins so. */
function isError({ code, severity }: Finding, ...codes: string[]): boolean {
  return severity === 'error' && codes.some((known) => code.startsWith(known));
}

/** From earlier days, not from what was announced. */
function isLearned({ measure }: Finding): boolean {
  return measure?.basis === 'history';
}
