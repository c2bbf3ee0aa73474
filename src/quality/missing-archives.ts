import type { Completeness } from '../ingest/arrivals/completeness.js';
import type { Plan } from '../ingest/planning/plan.js';
import type { Finding } from './finding.js';
import { compareRatio, formatPercent, formatShare } from './ratio.js';

export interface MissingFiles {
  missing: number;
  expected: number;
}

/** Of what the sources promised; as many as landed where they promised nothing. */
export function missingFiles({ archives, arrivals }: Plan): MissingFiles {
  const named = archives.filter(({ fate }) => fate === 'missing').length;
  return { missing: named + arrivals.unnamed, expected: arrivals.expected };
}

export interface MissingInput {
  plan: Plan;
  /** Empty: not known. */
  sources: readonly Completeness[];
  /** Share of the promised archives from which on it is said (0..1, exact at the boundary). */
  threshold: number;
}

/** Archives that are missing from the day, and from each of its sources where there are several. */
export function missingArchiveFindings({ plan, sources, threshold }: MissingInput): Finding[] {
  const several = sources.length > 1;
  return [
    ...promisedFinding('', missingFiles(plan), threshold),
    ...sources.flatMap((source): Finding[] => {
      const { source: id, announced, missing } = source;
      if (announced === undefined) return unusualFinding(source);
      return several ? promisedFinding(`source ${id}: `, { missing, expected: announced }, threshold) : [];
    }),
  ];
}

function promisedFinding(whose: string, { missing, expected }: MissingFiles, threshold: number): Finding[] {
  if (missing === 0 || compareRatio(missing, expected, threshold) < 0) return [];
  const share = formatPercent(missing, expected);
  const detail = `${whose}${missing} of ${expected} expected archives (${share}) are missing, the threshold is ${formatShare(threshold)}`;
  const measure = {
    value: missing / expected,
    part: missing,
    whole: expected,
    expected,
    threshold,
    basis: 'announced' as const,
  };
  return [{ code: 'archive-missing', severity: 'error', detail, count: missing, measure }];
}

/** A source that announced nothing, and sent less than half or more than twice of what it always sends. */
function unusualFinding({ source, evidence, verdict, landed, usual }: Completeness): Finding[] {
  if (evidence !== 'history' || usual === undefined) return [];
  const { least, most, days } = usual;
  // That today is the least (or most) of so many days by mere chance.
  const confidence = Math.floor((100 * days) / (days + 1)) / 100;
  const brought = least === most ? `${least}` : `${least} to ${most}`;
  const detail = `source ${source}: ${landed} archives landed, each of the last ${days} days brought ${brought} (confidence ${Math.round(confidence * 100)}%)`;
  const short = verdict === 'short';
  const measure = {
    value: landed,
    expected: short ? least : most,
    threshold: short ? 0.5 : 1,
    basis: 'history' as const,
    days,
    confidence,
  };
  return [{ code: short ? 'archive-missing' : 'volume-change', severity: 'warning', detail, measure }];
}
