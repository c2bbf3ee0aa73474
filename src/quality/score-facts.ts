import { z } from 'zod';
import type { Plan, TableHead } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import { missingFiles } from './missing-archives.js';
import { PENALTY_RULES } from './penalty-rules.js';
import type { TableStatus } from './table-summary.js';

const count = z.number().int().nonnegative();

/** All that the score depends on, in numbers. */
export const scoreFactsSchema = z.object({
  tables: z.object({ all: count, failed: count, stale: count }),
  archives: z.object({
    all: count,
    expected: count,
    missing: count,
    quarantined: count,
    salvaged: count,
    late: count,
  }),
  members: z.object({ seen: count, quarantined: count }),
  rows: z.object({ read: count, quarantined: count }),
  /** By penalty: tables (or, of what concerns the day, the day) with such a finding. */
  flagged: z.record(z.string(), count),
});
export type ScoreFacts = z.infer<typeof scoreFactsSchema>;

export interface ScoredDay {
  plan: Plan;
  tables: readonly ScoredTable[];
  findings: readonly Finding[];
}

export interface ScoredTable {
  head: TableHead;
  status: TableStatus;
}

export function scoreFacts({ plan, tables, findings }: ScoredDay): ScoreFacts {
  const { missing, expected } = missingFiles(plan);
  const fated = (fate: string) => plan.archives.filter((archive) => archive.fate === fate).length;
  const being = (status: TableStatus) => tables.filter((table) => table.status === status).length;
  const flagged: Record<string, number> = {};
  for (const rule of PENALTY_RULES) {
    if (rule.kind !== 'each') continue;
    const subjects = new Set(findings.filter(rule.shows).map(({ table }) => table ?? ''));
    if (subjects.size > 0) flagged[rule.name] = subjects.size;
  }
  return {
    tables: { all: tables.length, failed: being('failed'), stale: being('stale') },
    archives: {
      all: plan.archives.length,
      expected,
      missing,
      quarantined: fated('quarantined'),
      salvaged: fated('salvaged'),
      late: fated('late'),
    },
    members: { seen: plan.members.seen, quarantined: plan.members.quarantined },
    rows: { read: plan.rows.read, quarantined: plan.rows.quarantined },
    flagged,
  };
}
