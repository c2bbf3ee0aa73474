import type { TableHead } from '../ingest/planning/plan.js';

export type TableStatus = 'merged' | 'failed' | 'stale';

/** The facts `summary.txt` states of one table. */
export interface TableSummary {
  table: string;
  status: TableStatus;
  /** Members merged + quarantined. */
  files: number;
  /** Data rows in the table readers get; 0 when there is none. */
  rows: number;
  headerConsistent: boolean;
  nullCells: number;
  /** Rows x columns. */
  cells: number;
  missingFields: readonly string[];
  error?: string | undefined;
}

/** `plan` describes the rows readers get: of a stale table that is the earlier version's. */
export function summarizeTable(plan: TableHead, status: TableStatus, error?: string): TableSummary {
  const there = status !== 'failed';
  return {
    table: plan.table,
    status,
    files: plan.members.merged + plan.members.quarantined,
    rows: there ? plan.rows : 0,
    headerConsistent: plan.headerConsistent,
    nullCells: there ? plan.nulls.reduce((total, nulls) => total + nulls, 0) : 0,
    cells: there ? plan.rows * plan.columns.length : 0,
    missingFields: plan.missingFields,
    ...(error === undefined ? {} : { error }),
  };
}
