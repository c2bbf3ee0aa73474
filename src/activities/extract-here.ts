import { extractArchive } from '../ingest/extraction/extract-archive.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { restoreSegments } from '../ingest/retention/expired-segments.js';
import type { ObjectStore } from '../store/object-store.js';
import { archiveFigures } from './archive-figures.js';
import type { ExtractedArchive, ExtractTask, ExtractWatch } from './extractor.js';

/** Extracts on the calling thread. */
export async function extractHere(
  store: ObjectStore,
  { partner, date, archive, rules, rulesId, again = false }: ExtractTask,
  { signal, onProgress }: ExtractWatch,
): Promise<ExtractedArchive> {
  const extract = again ? restoreSegments : extractArchive;
  let read = false;
  const manifest = await extract({
    store,
    layout: new PartnerDayLayout(partner, date),
    archive,
    rules,
    rulesId,
    signal,
    onProgress: ({ bytes }) => {
      read = true;
      onProgress(bytes);
    },
  });
  const figures = archiveFigures(manifest);
  return {
    rows: figures.rowsLoaded,
    findings: manifest.findings.length,
    ...(read ? { figures } : {}),
  };
}
