import type { Finding, FindingCode } from './finding.js';

/** What a person can do about it. Absent: nothing needs doing. */
const NEXT_STEP: Partial<Record<FindingCode, string>> = {
  'archive-cut': 'ask the partner to send the archive again',
  'archive-corrupt': 'ask the partner to send the archive again',
  'archive-empty': 'ask the partner to send the archive again',
  'archive-no-end-marker': 'ask the partner to send the archive again',
  'archive-not-gzip': 'ask the partner for a .tar.gz',
  'archive-hostile': 'tell the partner; nothing of it was loaded',
  'archive-limit': 'raise the limit in `limits` if the archive is in order, then run the day again',
  'archive-missing': 'ask the partner for it; once it has landed, run the day again',
  'archive-late': 'run the day again to publish a version with it',
  'archive-unreadable': 'run the day again; if it stays unreadable, look at the store',
  'worker-lost': 'look at the archive with `partnerday inspect` before it is tried again',
  'member-unmatched-name': 'correct `members.pattern` if it should be loaded',
  'member-unknown-table': 'add the table to `tables` if it should be loaded',
  'member-encoding': 'set `dialect.encoding` for the table',
  'member-dialect': 'set `dialect` for the table',
  'member-ambiguous': 'ask the partner which of the two is meant',
  'member-name-reused': 'ask the partner whether both are meant',
  'member-limit': 'raise the limit in `limits` if the member is in order',
  'column-renamed': 'add it to `aliases` if it is the same column',
  'column-missing': 'ask the partner, or remove it from `columns`',
  'column-retyped': 'check the values, or change `types`',
  'contract-breach': 'change the contract, or ask the partner to send the table as agreed',
  'merge-failed': 'remove the cause, then retry the table',
  'schema-unreadable': 'restore the registry entry, then run the day again',
  'null-ratio': 'ask the partner, or set `quality.tables` if so many are usual',
  'ragged-rows': 'ask the partner to send these members again',
  'broken-encoding': 'ask the partner to send these members again',
  'duplicate-members': 'ask the partner whether two members were to have other rows',
  'header-drift': 'look at the timeline of the table, and tell the partner',
  'column-unexpected': 'add it to the schema if it is wanted',
  'row-count-change': 'ask the partner; if it was an incident, mark it in `quality.incidents`',
  'volume-change': 'ask the partner; if it was an incident, mark it in `quality.incidents`',
  'null-ratio-change': 'ask the partner; if it was an incident, mark it in `quality.incidents`',
  'distinct-change': 'ask the partner; if it was an incident, mark it in `quality.incidents`',
  'member-missing': 'ask the partner whether members were left out',
  'rule-foreign-key': 'ask the partner for what is referred to, and not there',
  'rule-unique': 'ask the partner which of the rows are meant',
  'rule-row-ratio': 'ask the partner which of the two tables is whole',
  'rule-date-window': 'ask the partner whether rows of another day got in',
  'rule-sum': 'ask the partner which of the two amounts is right',
  'downstream-not-told': 'remove the cause, then trigger the DAG with the conf of docs/airflow.md',
  'table-without-members': 'ask the partner whether the table was left out',
};

/** One sentence: what, where, and what to do next. Control characters never get through. */
export function renderFinding(finding: Finding): string {
  const next = finding.severity === 'info' ? undefined : NEXT_STEP[finding.code];
  const sentence = describeFinding(finding);
  return next === undefined ? sentence : `${sentence}; ${next}`;
}

/** The same without what to do next. */
export function describeFinding(finding: Finding): string {
  const subject = subjectOf(finding);
  // What was measured has its numbers in its words.
  const many = finding.measure === undefined && finding.count !== undefined && finding.count > 1;
  const times = many ? ` (${finding.count} times)` : '';
  return printable(`${subject}${subject === '' ? '' : ' '}${finding.detail}${times}`);
}

function subjectOf({ archive, member, table, column, row, line, offset }: Finding): string {
  const outer = [
    table === undefined ? undefined : `table ${table}`,
    column === undefined ? undefined : `column ${JSON.stringify(column)}`,
    member === undefined ? undefined : `member ${member}`,
    archive === undefined ? undefined : `archive ${archive}`,
  ].filter((part) => part !== undefined);
  const inner = [
    row === undefined ? undefined : `row ${row}`,
    line === undefined ? undefined : `line ${line}`,
    offset === undefined ? undefined : `byte ${offset}`,
  ].filter((part) => part !== undefined);
  const where = [...outer, ...inner].join(', ');
  return where === '' ? '' : `${where}:`;
}

function printable(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
