import { z } from 'zod';

const columns = z.array(z.string().min(1)).min(1);

/**
 * A rule across tables, after the relationships and library checks of the Open Data Contract Standard. What each kind
 * needs is cross-checked (`check-relations.ts`).
 */
export const relationSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected a-z, 0-9 and "-"')
    .describe('Named in findings and reports.'),
  kind: z
    .enum(['foreign-key', 'unique', 'row-ratio', 'date-window', 'sum'])
    .describe(
      '`foreign-key`: values of `columns` are among those of `to`. `unique`: each key once. `row-ratio`: so many rows for each of `to`. `date-window`: dates lie around the business date. `sum`: the same amount as in `to`.',
    ),
  table: z.string().min(1).describe('Table the rule is about.'),
  columns: columns
    .optional()
    .describe(
      'The key; of `date-window` the column with the date, of `sum` the one that is summed. Rows without a value are passed over.',
    ),
  by: columns
    .optional()
    .describe('`sum`: the key by which both sides are summed. Absent: all rows of the day.'),
  to: z
    .strictObject({
      table: z.string().min(1).describe('The other table.'),
      columns: columns.optional().describe('As many as `columns`.'),
      by: columns.optional().describe('As many as `by`.'),
    })
    .optional()
    .describe('The other side of `foreign-key`, `row-ratio` and `sum`.'),
  least: z.number().min(0).optional().describe('`row-ratio`: fewest rows of `table` for each of `to`.'),
  most: z.number().min(0).optional().describe('`row-ratio`: most of them.'),
  daysBefore: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('`date-window`: how many days before the business date a date may lie. Absent: any.'),
  daysAfter: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('`date-window`: how many days after it. Absent: any.'),
  tolerance: z.number().min(0).default(0).describe('`sum`: difference that does not matter.'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of rows (`sum`: of keys) at fault at or above which the rule is broken. 0: any.'),
  severity: z.enum(['warning', 'error']).default('error').describe('Of the finding.'),
});
export type Relation = z.infer<typeof relationSchema>;

/** Columns of a table that rules across tables look at, each once, in the order of the rules. */
export function relationColumns(relations: readonly Relation[]): Map<string, string[]> {
  const needed = new Map<string, string[]>();
  const need = (table: string, names: readonly string[]) =>
    needed.set(table, [...new Set([...(needed.get(table) ?? []), ...names])]);
  for (const { table, columns: own = [], by = [], to } of relations) {
    if (own.length + by.length > 0) need(table, [...own, ...by]);
    const others = [...(to?.columns ?? []), ...(to?.by ?? [])];
    if (to !== undefined && others.length > 0) need(to.table, others);
  }
  return needed;
}
