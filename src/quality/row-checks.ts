import type { QualityConfig } from '../config/quality-config.js';
import type { TableHead } from '../ingest/planning/plan.js';
import type { Finding, FindingCode } from './finding.js';
import { compareRatio, formatPercent, formatShare } from './ratio.js';
import { tableThreshold } from './thresholds.js';

const RAGGED: ReadonlySet<FindingCode> = new Set([
  'row-short',
  'row-long',
  'row-quote',
  'row-unterminated-quote',
]);
const MISENCODED_ROWS: ReadonlySet<FindingCode> = new Set(['row-encoding', 'row-nul']);
const MISENCODED_MEMBERS: ReadonlySet<FindingCode> = new Set(['member-encoding']);
const DUPLICATES: ReadonlySet<FindingCode> = new Set(['member-duplicate']);

/** What the single findings of a table amount to: how many rows and members, of how many, and where the first one is. */
export function rowFindings(head: TableHead, quality: QualityConfig): Finding[] {
  const { rowsRead, members } = head;
  const seen = members.merged + members.quarantined + members.duplicate;
  const threshold = (name: 'raggedRows' | 'brokenEncoding' | 'duplicateMembers') =>
    tableThreshold(quality, head.table, name);
  const encoding = threshold('brokenEncoding');
  return [
    ...share(head, 'ragged-rows', RAGGED, {
      whole: rowsRead,
      threshold: threshold('raggedRows'),
      words: 'rows have another number of fields, or broken quotes',
    }),
    ...share(head, 'broken-encoding', MISENCODED_ROWS, {
      whole: rowsRead,
      threshold: encoding,
      words: 'rows are not text in the encoding of the table',
    }),
    ...share(head, 'broken-encoding', MISENCODED_MEMBERS, {
      whole: seen,
      threshold: encoding,
      words: 'members are not text in the encoding of the table',
    }),
    ...share(head, 'duplicate-members', DUPLICATES, {
      part: members.duplicate,
      whole: seen,
      threshold: threshold('duplicateMembers'),
      words: 'members were sent twice, and are merged once',
    }),
  ];
}

interface Share {
  /** Absent: as many as the findings say. */
  part?: number;
  whole: number;
  threshold: number;
  words: string;
}

function share(
  { table, findings }: TableHead,
  code: FindingCode,
  codes: ReadonlySet<FindingCode>,
  { whole, threshold, words, ...known }: Share,
): Finding[] {
  const single = findings.filter((finding) => codes.has(finding.code));
  const part = known.part ?? single.reduce((total, { count = 1 }) => total + count, 0);
  if (part === 0 || compareRatio(part, whole, threshold) < 0) return [];
  const [first] = single;
  return [
    {
      code,
      severity: 'warning',
      table,
      detail: `${part} of ${whole} ${words} (${formatPercent(part, whole)}${threshold === 0 ? '' : `, the threshold is ${formatShare(threshold)}`})`,
      ...placeOf(first),
      count: part,
      measure: { value: whole === 0 ? 1 : part / whole, part, whole, threshold },
    },
  ];
}

function placeOf(finding: Finding | undefined): Partial<Finding> {
  if (finding === undefined) return {};
  const { archive, member, row, line } = finding;
  return {
    ...(archive === undefined ? {} : { archive }),
    ...(member === undefined ? {} : { member }),
    ...(row === undefined ? {} : { row }),
    ...(line === undefined ? {} : { line }),
  };
}
