import type { Plan, TableHead } from '../ingest/plan.js';
import type { Finding } from './finding.js';
import { compareRatio, formatPercent } from './ratio.js';

/** Tables and columns with at least this share of null cells (0..1, exact at the boundary). */
export function nullRatioFindings(plan: TableHead, threshold: number): Finding[] {
  const { table, columns, nulls, rows } = plan;
  if (rows === 0) return [];
  const findings: Finding[] = [];
  const cells = rows * columns.length;
  const empty = nulls.reduce((total, count) => total + count, 0);
  if (compareRatio(empty, cells, threshold) >= 0) {
    const detail = `${formatPercent(empty, cells)} of all cells are null, the threshold is ${percent(threshold)}`;
    findings.push({ code: 'null-ratio', severity: 'warning', table, detail });
  }
  for (const [index, column] of columns.entries()) {
    const count = nulls[index]!;
    if (compareRatio(count, rows, threshold) < 0) continue;
    const detail = `${formatPercent(count, rows)} of its cells are null, the threshold is ${percent(threshold)}`;
    findings.push({ code: 'null-ratio', severity: 'info', table, column, detail });
  }
  return findings;
}

export interface MissingFiles {
  missing: number;
  expected: number;
}

export function missingFiles({ archives, arrivals }: Plan): MissingFiles {
  const named = archives.filter(({ fate }) => fate === 'missing').length;
  return { missing: named + arrivals.unnamed, expected: arrivals.expected };
}

/** Raised when at least this share of the promised archives (0..1, exact at the boundary) is missing. */
export function missingFilesFinding(plan: Plan, threshold: number): Finding | undefined {
  const { missing, expected } = missingFiles(plan);
  if (missing === 0 || compareRatio(missing, expected, threshold) < 0) return undefined;
  const detail = `${missing} of ${expected} expected archives (${formatPercent(missing, expected)}) are missing, the threshold is ${percent(threshold)}`;
  return { code: 'archive-missing', severity: 'error', detail, count: missing };
}

function percent(threshold: number): string {
  return `${Number((threshold * 100).toFixed(6))}%`;
}
