import type { QualityConfig } from '../config/quality-config.js';
import type { TableHead } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import { compareRatio, formatPercent, formatShare } from './ratio.js';
import { columnThreshold, tableThreshold } from './thresholds.js';

/** Tables and columns of whose cells so many are null. */
export function nullRatioFindings(plan: TableHead, quality: QualityConfig): Finding[] {
  const { table, columns, nulls, rows } = plan;
  const cells = rows * columns.length;
  const empty = nulls.reduce((total, count) => total + count, 0);
  const found = (part: number, whole: number, threshold: number, what: string): Finding[] => {
    if (part === 0 || compareRatio(part, whole, threshold) < 0) return [];
    const detail = `${formatPercent(part, whole)} of ${what} are null, the threshold is ${formatShare(threshold)}`;
    const measure = { value: part / whole, part, whole, threshold };
    return [{ code: 'null-ratio', severity: 'warning', table, detail, measure }];
  };
  return [
    ...found(empty, cells, tableThreshold(quality, table, 'nullRatio'), 'all cells'),
    ...columns.flatMap((column, index) =>
      found(nulls[index]!, rows, columnThreshold(quality, table, column, 'nullRatio'), 'its cells').map(
        (finding) => ({ ...finding, column }),
      ),
    ),
  ];
}
