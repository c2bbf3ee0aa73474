import type { Finding } from './finding.js';
import type { History } from './history.js';

/** So many days of the same weekday must be known. */
const ENOUGH = 3;

/**
 * A table without members is nothing to worry about on a weekday on which it mostly has none: then it is said for
 * information only.
 */
export function usualAbsences(findings: readonly Finding[], history: History, date: string): Finding[] {
  const alike = history.days.filter((day) => daysBetween(day.date, date) % 7 === 0);
  return findings.map((finding) => {
    const { code, table } = finding;
    if (code !== 'table-without-members' || table === undefined || alike.length < ENOUGH) return finding;
    const absent = alike.filter(({ tables }) => !Object.hasOwn(tables, table)).length;
    if (absent * 2 <= alike.length) return finding;
    const detail = `${finding.detail}, as on ${absent} of ${alike.length} earlier days of this weekday`;
    return { ...finding, severity: 'info', detail };
  });
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
