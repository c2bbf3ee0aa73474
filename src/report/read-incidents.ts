import { z } from 'zod';
import { readJson } from '../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import type { Publication } from '../ingest/publication/publication.js';
import { decisionSchema } from '../ingest/publication/record-decision.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { type Incident, incidentsOf, type VersionTrouble } from './incidents.js';

/** Of a day that is published again for every late archive nobody wants to read them all. */
const VERSIONS_READ = 30;

const troubleSchema = z.object({
  tables: z.array(z.object({ table: z.string(), status: z.string() })),
});

/** What went wrong with the versions of a day, by what was written about them. Swept versions are passed over. */
export async function readIncidents(
  store: ObjectStore,
  layout: PartnerDayLayout,
  newest: Publication | undefined,
  failedRuns: readonly string[],
  options: CallOptions = {},
): Promise<Incident[]> {
  if (failedRuns.length === 0 && isUntroubled(newest)) return [];
  const versions: VersionTrouble[] = [];
  const last = newest?.version ?? 0;
  for (let version = Math.max(1, last - VERSIONS_READ + 1); version <= last; version++) {
    const keys = layout.version(version);
    const [written, summary, decision] = await Promise.all([
      store.head(keys.summary, options),
      readJson(store, keys.summary, troubleSchema, options),
      readJson(store, keys.decision, decisionSchema, options),
    ]);
    if (written?.lastModified === undefined || summary === undefined) continue;
    versions.push({
      version,
      at: written.lastModified.toISOString(),
      lacking: summary.tables.flatMap(({ table, status }) => (status === 'merged' ? [] : [table])),
      held: newest?.version === version && newest.status === 'held',
      ...(decision?.action === 'release' ? { releasedAt: decision.decidedAt } : {}),
    });
  }
  return incidentsOf(versions, failedRuns);
}

/** Most days are: their only version says so itself. */
function isUntroubled(newest: Publication | undefined): boolean {
  if (newest === undefined) return true;
  const { version, status, decision, tables } = newest;
  const whole = tables.every((table) => table.status === 'merged');
  return version === 1 && status === 'published' && decision === undefined && whole;
}
