import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { ArchiveFigures } from './archive-figures.js';

/** Counts an archive that was read just now. */
export function recordArchive(
  metrics: WorkerMetrics,
  partner: string,
  bytes: number,
  { outcome, members, rowsLoaded, rowsQuarantined, findings }: ArchiveFigures,
): void {
  metrics.add('partnerday_archives', 1, { partner, code: outcome });
  metrics.add('partnerday_archive_bytes', bytes, { partner });
  for (const [code, count] of Object.entries(members))
    metrics.add('partnerday_members', count, { partner, code });
  metrics.add('partnerday_rows', rowsLoaded, { partner, code: 'loaded' });
  metrics.add('partnerday_rows', rowsQuarantined, { partner, code: 'quarantined' });
  for (const [code, count] of Object.entries(findings))
    metrics.add('partnerday_findings', count, { partner, stage: 'extract', code });
}
