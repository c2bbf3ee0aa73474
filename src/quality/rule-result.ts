import { z } from 'zod';

const count = z.number().int().nonnegative();

/** One of the first values that break a rule, and where it came from. */
export const ruleSampleSchema = z.object({
  /** Column and value; `null`: no value. */
  key: z.record(z.string(), z.string().nullable()),
  /** Rows with it that break the rule. */
  rows: count,
  /** Keys of the archives these rows came from, the first of them. */
  archives: z.array(z.string()),
  /** What was compared, where a rule compares numbers: `{left: '12.5', right: '13'}`. */
  values: z.record(z.string(), z.string().nullable()).optional(),
});
export type RuleSample = z.infer<typeof ruleSampleSchema>;

/** What came of one rule across tables. Written once, under the version that planned the rows it was checked on. */
export const ruleResultSchema = z.object({
  format: z.literal(1),
  /** As the configuration names it. */
  rule: z.string(),
  kind: z.enum(['foreign-key', 'unique', 'row-ratio', 'date-window', 'sum']),
  /** The rule in words. */
  text: z.string(),
  /** Table the rule is about; of two, the one whose rows are at fault. */
  table: z.string(),
  tables: z.array(z.string()),
  columns: z.array(z.string()),
  /** `not-checked`: why stands in `because`. */
  outcome: z.enum(['kept', 'broken', 'not-checked']),
  because: z.string().optional(),
  severity: z.enum(['warning', 'error']),
  /** Rows (`row-ratio`: rows of the other table; `sum`: keys) that were looked at, and those that break the rule. */
  checked: count,
  violations: count,
  /** Share of violations at or above which it is broken; 0: any. */
  threshold: z.number(),
  /** `row-ratio` and `sum`: what was measured, as decimals. */
  measured: z.record(z.string(), z.string()).optional(),
  /** By table and key (`a, b` for a key of two columns): distinct values, where the rule counted them. */
  distinct: z.record(z.string(), z.record(z.string(), count)).optional(),
  /** In order of key. */
  samples: z.array(ruleSampleSchema),
});
export type RuleResult = z.infer<typeof ruleResultSchema>;
