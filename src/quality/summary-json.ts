import type { Plan, SchemaChange, TableHead } from '../ingest/planning/plan.js';
import type { Identity } from '../ingest/publication/ledger.js';
import type { PublishedTable } from '../ingest/publication/publication.js';
import type { Finding } from './finding.js';
import type { TableSummary } from './table-summary.js';

export interface TableReport {
  table: string;
  status: TableSummary['status'];
  files: number;
  rows: number;
  headerConsistent: boolean;
  /** Fraction 0..1, rounded to 6 decimals. */
  nullRatio: number;
  missingFields: readonly string[];
  error: string | null;
  key: string | null;
  bytes: number | null;
  version: number | null;
  columns: { name: string; type: string; nulls: number }[];
  members: TableHead['members'];
  rowsQuarantined: number;
  changes: SchemaChange[];
}

export interface DaySummary {
  format: 1;
  partner: string;
  date: string;
  version: number;
  verdict: Plan['verdict'];
  score: number;
  archives: Record<string, number>;
  members: Plan['members'];
  rows: Plan['rows'];
  tables: TableReport[];
  ledger: { holds: boolean; identities: Identity[] };
  /** Most severe first. */
  findings: Finding[];
}

export function tableReport(plan: TableHead, summary: TableSummary, published: PublishedTable): TableReport {
  const { table, status, files, rows, headerConsistent, nullCells, cells, missingFields, error } = summary;
  return {
    table,
    status,
    files,
    rows,
    headerConsistent,
    nullRatio: cells === 0 ? 0 : Number((nullCells / cells).toFixed(6)),
    missingFields,
    error: error ?? null,
    key: published.key ?? null,
    bytes: published.bytes ?? null,
    version: published.version ?? null,
    columns: plan.columns.map((name, index) => ({
      name,
      type: plan.types[index]!,
      nulls: plan.nulls[index]!,
    })),
    members: plan.members,
    rowsQuarantined: plan.rowsQuarantined,
    changes: plan.changes,
  };
}

/** Archives by fate, those that occur. */
export function fateCounts({ archives }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fate } of archives) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}
