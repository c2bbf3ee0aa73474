import { z } from 'zod';

const count = z.number().int().nonnegative();

/** What a day's table looked like, as later days compare themselves with it. */
export const tableFiguresSchema = z.object({
  rows: count,
  members: count,
  columns: z.array(z.string()),
  /** Null cells per column. */
  nulls: z.array(count),
  /** Distinct values of the columns that are keys, where a rule counted them. */
  distinct: z.record(z.string(), count).optional(),
});
export type TableFigures = z.infer<typeof tableFiguresSchema>;

/** The figures of one version of a day. Small: a quarter's worth of them is read whenever a day is published. */
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
