import { restoreSegments } from '../ingest/expired-segments.js';
import { extractArchive } from '../ingest/extract-archive.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { ObjectStore } from '../store/object-store.js';
import type { ExtractedArchive, ExtractTask, ExtractWatch } from './extractor.js';

/** Extracts on the calling thread. */
export async function extractHere(
  store: ObjectStore,
  { partner, date, archive, rules, rulesId, again = false }: ExtractTask,
  { signal, onProgress }: ExtractWatch,
): Promise<ExtractedArchive> {
  const extract = again ? restoreSegments : extractArchive;
  const { members, findings } = await extract({
    store,
    layout: new PartnerDayLayout(partner, date),
    archive,
    rules,
    rulesId,
    signal,
    onProgress: ({ bytes }) => onProgress(bytes),
  });
  return {
    rows: members.reduce((sum, member) => sum + member.rows - member.rowsQuarantined, 0),
    findings: findings.length,
  };
}
