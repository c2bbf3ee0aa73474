/** Something that kept readers from what they needed, from when it began to when they had it. */
export interface Incident {
  what: 'failed-run' | 'failed-tables' | 'held';
  /** Tables concerned; empty: all of them. */
  tables: string[];
  /** ISO time. */
  since: string;
  /** Absent: it stands. */
  repaired?: { at: string; version: number };
}

/** A version as far as its trouble goes. */
export interface VersionTrouble {
  version: number;
  /** ISO time at which it was described. */
  at: string;
  /** Tables it has no fresh rows of. */
  lacking: readonly string[];
  /** When somebody released it, where it was held. */
  releasedAt?: string;
  held: boolean;
}

/**
 * The incidents of a day, the first first. Tables that fail together are one until all of them are merged; what an
 * earlier version lacked already is not counted again.
 */
export function incidentsOf(versions: readonly VersionTrouble[], failedRuns: readonly string[]): Incident[] {
  const ordered = [...versions].sort((a, b) => a.version - b.version);
  return [...runIncidents(ordered, failedRuns), ...heldIncidents(ordered), ...tableIncidents(ordered)].sort(
    (a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0),
  );
}

/** Runs that fail one after the other, until one brings a version. */
function runIncidents(versions: readonly VersionTrouble[], failedRuns: readonly string[]): Incident[] {
  const incidents = new Map<number | undefined, Incident>();
  for (const since of [...failedRuns].sort()) {
    const next = versions.find(({ at }) => at > since);
    if (incidents.has(next?.version)) continue;
    const repaired = next && { repaired: { at: next.at, version: next.version } };
    incidents.set(next?.version, { what: 'failed-run', tables: [], since, ...repaired });
  }
  return [...incidents.values()];
}

function heldIncidents(versions: readonly VersionTrouble[]): Incident[] {
  return versions
    .filter(({ held, releasedAt }) => held || releasedAt !== undefined)
    .map(({ version, at, releasedAt }) => {
      const repaired = releasedAt === undefined ? {} : { repaired: { at: releasedAt, version } };
      return { what: 'held', tables: [], since: at, ...repaired };
    });
}

function tableIncidents(versions: readonly VersionTrouble[]): Incident[] {
  const incidents: Incident[] = [];
  let open: Incident | undefined;
  for (const { version, at, lacking } of versions) {
    if (open !== undefined && lacking.length === 0) {
      open.repaired = { at, version };
      open = undefined;
    } else if (lacking.length > 0 && open === undefined) {
      open = { what: 'failed-tables', tables: [...lacking].sort(), since: at };
      incidents.push(open);
    } else if (open !== undefined) {
      open.tables = [...new Set([...open.tables, ...lacking])].sort();
    }
  }
  return incidents;
}

/** Minutes from its beginning to its repair; `undefined` while it stands. */
export function minutesToRepair({ since, repaired }: Incident): number | undefined {
  return repaired && Math.max(0, (Date.parse(repaired.at) - Date.parse(since)) / 60_000);
}
