import type { DemoPlan, Planted } from '../../demo/demo-plan.js';
import type { Finding } from '../../quality/finding.js';
import { renderFinding } from '../../quality/render-finding.js';
import type { DayReport } from '../day/day-report.js';

export interface CheckedPlant {
  kind: Planted['kind'];
  partner: string;
  date: string;
  say: string;
  found: boolean;
  /** The findings by which it was found, one sentence each. */
  as: string[];
  /** What is not there although it should be. */
  missing: string[];
}

/** Whether every planted problem was found for what it is, and did only the harm it had to. */
export function checkPlanted(plan: DemoPlan, days: readonly DayReport[]): CheckedPlant[] {
  return plan.planted.map((planted) => {
    const day = days.find(({ partner, date }) => partner === planted.partner && date === planted.date);
    const findings = (day?.findings ?? []).filter((finding) => concerns(finding, planted));
    const { failedTable } = planted.expect;
    const missing = planted.expect.findings.filter(
      (code) => !findings.some((finding) => finding.code === code),
    );
    const failed = day?.tables.find(({ table }) => table === failedTable?.table);
    return {
      kind: planted.kind,
      partner: planted.partner,
      date: planted.date,
      say: planted.say,
      found: day !== undefined && missing.length === 0 && (!failedTable || failed?.status === 'failed'),
      as: planted.expect.findings.flatMap((code) => {
        const finding = findings.find((candidate) => candidate.code === code);
        return finding ? [`${code}: ${renderFinding(finding)}`] : [];
      }),
      missing: [
        ...missing,
        ...(failedTable && failed?.status !== 'failed' ? [`${failedTable.table} should have failed`] : []),
      ],
    };
  });
}

function concerns(finding: Finding, { kind, table, where }: Planted): boolean {
  if (kind === 'cut' || kind === 'missing') return finding.archive === where;
  return finding.table === table;
}
