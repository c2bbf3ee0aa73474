import { z } from 'zod';
import type { Plan, TableHead } from '../ingest/planning/plan.js';
import type { TableStatus } from './table-summary.js';

const count = z.number().int().nonnegative();

/** What a day's table looked like, as later days compare themselves with it. */
export const tableFiguresSchema = z.object({
  rows: count,
  members: count,
  columns: z.array(z.string()),
  /** Null cells per column. */
  nulls: z.array(count),
  /** Distinct values of keys, where a rule counted them; a key of several columns is named `a, b`. */
  distinct: z.record(z.string(), count).optional(),
});
export type TableFigures = z.infer<typeof tableFiguresSchema>;

/**
 * `figures.json` of a version: what later days compare themselves with. Small: a quarter's worth of them is read
 * whenever a day is published. Rows and nulls are those of the tables as readers get them.
 */
export const dayFiguresSchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  /** Archives that arrived, each counted once, and their bytes. */
  archives: count,
  bytes: count,
  /** Rows read, whatever became of them. */
  rows: count,
  /** Minutes from the opening of the day to the arrival of its last archive. Absent: not known. */
  arrivedAfter: z.number().int().optional(),
  /** Tables that were merged. */
  tables: z.record(z.string(), tableFiguresSchema),
});
export type DayFigures = z.infer<typeof dayFiguresSchema>;

/** Distinct values by table and key. */
export type DistinctCounts = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface FiguresInput {
  plan: Plan;
  tables: readonly { shown: TableHead; status: TableStatus }[];
  arrivedAfter?: number | undefined;
  distinct?: DistinctCounts | undefined;
}

const ARRIVED = new Set(['merged', 'salvaged', 'quarantined', 'late']);

export function figuresOf({ plan, tables, arrivedAfter, distinct }: FiguresInput): DayFigures {
  const arrived = plan.archives.filter(({ fate }) => ARRIVED.has(fate));
  const { partner, date, version } = plan;
  return {
    format: 1,
    partner,
    date,
    version,
    archives: arrived.length,
    bytes: arrived.reduce((total, { bytes = 0 }) => total + bytes, 0),
    rows: plan.rows.read,
    ...(arrivedAfter === undefined ? {} : { arrivedAfter }),
    tables: Object.fromEntries(
      tables
        .filter(({ status }) => status === 'merged')
        .map(({ shown }) => [shown.table, tableFigures(shown, distinct?.get(shown.table))]),
    ),
  };
}

function tableFigures(
  { rows, members, columns, nulls }: TableHead,
  distinct: Readonly<Record<string, number>> | undefined,
): TableFigures {
  return {
    rows,
    members: members.merged + members.quarantined,
    columns,
    nulls,
    ...(distinct === undefined ? {} : { distinct: { ...distinct } }),
  };
}
