import type { Manifest } from '../ingest/manifest.js';
import type { Finding } from '../quality/finding.js';

/** What is counted of one archive. Plain data: it crosses a thread. */
export interface ArchiveFigures {
  outcome: Manifest['outcome'];
  /** By outcome. */
  members: Record<string, number>;
  rowsLoaded: number;
  rowsQuarantined: number;
  /** How often each code was found. */
  findings: Record<string, number>;
}

export function archiveFigures({ outcome, members, findings }: Manifest): ArchiveFigures {
  const figures: ArchiveFigures = {
    outcome,
    members: {},
    rowsLoaded: 0,
    rowsQuarantined: 0,
    findings: countByCode(findings),
  };
  for (const { outcome: fate, rows, rowsQuarantined } of members) {
    figures.members[fate] = (figures.members[fate] ?? 0) + 1;
    figures.rowsLoaded += rows - rowsQuarantined;
    figures.rowsQuarantined += rowsQuarantined;
  }
  return figures;
}

/** A finding may stand for many of its kind. */
export function countByCode(findings: readonly Pick<Finding, 'code' | 'count'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, count = 1 } of findings) counts[code] = (counts[code] ?? 0) + count;
  return counts;
}
