import { readJson } from '../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import { manifestSchema } from '../ingest/manifest.js';
import type { ArchiveFate, Plan } from '../ingest/planning/plan.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';

/** Where the rows of a day came from, the archives in trouble first. */
export interface Lineage {
  configKey: string;
  archives: LineageArchive[];
  /** Archives that are not listed. */
  more: number;
  /** Bytes of all archives that landed. */
  bytes: number;
}

export interface LineageArchive {
  key: string;
  fate: ArchiveFate;
  bytes?: number;
  sha256?: string;
  /** Members by what became of them; absent where the archive was not read, and of one that nothing is said against. */
  members?: Record<string, number>;
  /** The first members that were set aside. */
  bad: string[];
}

const SHOWN = 40;
const BAD_SHOWN = 5;
const RANK: Record<ArchiveFate, number> = {
  missing: 0,
  quarantined: 1,
  salvaged: 2,
  late: 3,
  superseded: 4,
  duplicate: 5,
  merged: 6,
};

export async function readLineage(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: Plan,
  options: CallOptions = {},
): Promise<Lineage> {
  const blamed = new Set(
    plan.findings.flatMap(({ archive, severity }) =>
      archive === undefined || severity === 'info' ? [] : [archive],
    ),
  );
  const rank = ({ fate, key }: Plan['archives'][number]) => RANK[fate] * 2 + (blamed.has(key) ? 0 : 1);
  const ordered = [...plan.archives].sort((a, b) => rank(a) - rank(b));
  const archives: LineageArchive[] = [];
  for (const { key, fate, bytes, sha256, archiveId, rulesId } of ordered.slice(0, SHOWN)) {
    // Of a day of many archives and one late one few manifests are to be read.
    const inTrouble = blamed.has(key) || fate === 'quarantined' || fate === 'salvaged';
    const manifest =
      !inTrouble || archiveId === undefined || rulesId === undefined
        ? undefined
        : await readJson(store, layout.manifest(archiveId, rulesId), manifestSchema, options);
    const members: Record<string, number> = {};
    for (const { outcome } of manifest?.members ?? []) members[outcome] = (members[outcome] ?? 0) + 1;
    const bad = (manifest?.members ?? []).filter(({ outcome }) => outcome === 'quarantined');
    archives.push({
      key,
      fate,
      ...(bytes === undefined ? {} : { bytes }),
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(manifest === undefined ? {} : { members }),
      bad: bad.slice(0, BAD_SHOWN).map(({ name }) => name),
    });
  }
  return {
    configKey: plan.configKey,
    archives,
    more: Math.max(0, plan.archives.length - SHOWN),
    bytes: plan.archives.reduce((total, { bytes = 0 }) => total + bytes, 0),
  };
}
