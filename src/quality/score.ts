import type { PartnerConfig } from '../config/partner-config.js';
import type { Plan, TableHead } from '../ingest/plan.js';
import { compareRatio } from './ratio.js';
import { missingFiles } from './table-checks.js';
import type { TableStatus } from './table-summary.js';

/** Raised with every change of the formula: scores of two versions of it must not be compared. */
export const SCORE_FORMULA = 1;

export interface Penalty {
  name: string;
  /** Whole points, as counted in the score. */
  points: number;
  /** What it is for, in words. */
  because: string;
  /** Codes of the findings that show it. */
  evidence: string[];
}

export interface Score {
  formula: number;
  /** 0-100 = 100 minus the points of all penalties. */
  score: number;
  /** Heaviest rank first. */
  penalties: Penalty[];
}

/** What the score needs of one table. */
export interface ScoredTable {
  status: TableStatus;
  headerConsistent: boolean;
  nullCells: number;
  cells: number;
  retyped: number;
}

export function scoredTable(plan: TableHead, status: TableStatus): ScoredTable {
  return {
    status,
    headerConsistent: plan.headerConsistent,
    nullCells: plan.nulls.reduce((total, count) => total + count, 0),
    cells: plan.rows * plan.columns.length,
    retyped: plan.findings.filter(({ code }) => code === 'column-retyped').length,
  };
}

/**
 * Penalties in rank order; a share costs at least one point as soon as it is not 0. Their sum never exceeds 100: the
 * lowest-ranked are cut.
 */
export function scoreDay(
  plan: Plan,
  tables: readonly ScoredTable[],
  thresholds: PartnerConfig['quality'],
): Score {
  const failed = tables.filter(({ status }) => status === 'failed').length;
  const stale = tables.filter(({ status }) => status === 'stale').length;
  const { missing, expected } = missingFiles(plan);
  const setAside = plan.archives.filter(({ fate }) => fate === 'quarantined').length;
  const salvaged = plan.archives.filter(({ fate }) => fate === 'salvaged').length;
  const late = plan.archives.filter(({ fate }) => fate === 'late').length;
  const drifted = tables.filter(({ headerConsistent }) => !headerConsistent).length;
  const sparse = tables.filter(
    ({ nullCells, cells }) => cells > 0 && compareRatio(nullCells, cells, thresholds.nullRatio) >= 0,
  ).length;
  const retyped = tables.filter((table) => table.retyped > 0).length;
  const ranked: Penalty[] = [
    share('failed-tables', 50, failed, tables.length, 'tables have no rows for this date', [
      'merge-failed',
      'contract-breach',
    ]),
    share('stale-tables', 30, stale, tables.length, 'tables are an earlier version’s', ['merge-failed']),
    share('missing-archives', 40, missing, expected, 'expected archives are missing', ['archive-missing']),
    share('quarantined-archives', 30, setAside, plan.archives.length, 'archives are set aside', [
      'archive-unreadable',
      'worker-lost',
    ]),
    share('quarantined-members', 30, plan.members.quarantined, plan.members.seen, 'members are set aside', [
      'member-rejected',
    ]),
    share('quarantined-rows', 30, plan.rows.quarantined, plan.rows.read, 'rows are set aside', [
      'row-short',
      'row-long',
    ]),
    share('salvaged-archives', 15, salvaged, plan.archives.length, 'archives were cut and only partly read', [
      'archive-cut',
    ]),
    share('late-archives', 10, late, plan.archives.length, 'archives came too late for this version', [
      'archive-late',
    ]),
    counted('null-ratio', 2, 10, sparse, 'tables reach the threshold of null cells', ['null-ratio']),
    counted('retyped-columns', 2, 10, retyped, 'tables have columns of another type', ['column-retyped']),
    counted('header-drift', 1, 10, drifted, 'tables have members with different headers', [
      'column-added',
      'column-removed',
    ]),
    counted(
      'unsigned',
      2,
      2,
      plan.verdict === 'unsigned' ? 1 : 0,
      'day was sealed without its sources’ word',
      [],
    ),
  ];
  return capped(ranked.filter(({ points }) => points > 0));
}

function share(
  name: string,
  most: number,
  part: number,
  whole: number,
  what: string,
  evidence: string[],
): Penalty {
  const points = part === 0 || whole === 0 ? 0 : Math.min(most, Math.ceil((most * part) / whole));
  return { name, points, because: `${part} of ${whole} ${what}`, evidence };
}

function counted(
  name: string,
  each: number,
  most: number,
  count: number,
  what: string,
  evidence: string[],
): Penalty {
  return { name, points: Math.min(most, each * count), because: `${count} ${what}`, evidence };
}

function capped(ranked: readonly Penalty[]): Score {
  let left = 100;
  const penalties: Penalty[] = [];
  for (const penalty of ranked) {
    const points = Math.min(penalty.points, left);
    if (points === 0) break;
    left -= points;
    penalties.push({ ...penalty, points });
  }
  return { formula: SCORE_FORMULA, score: left, penalties };
}
