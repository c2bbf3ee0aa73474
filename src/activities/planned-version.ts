import type { PartnerDayLayout } from '../ingest/layout.js';
import type { Plan, TableOutline } from '../ingest/planning/plan.js';
import type { ObjectStore } from '../store/object-store.js';
import type { PlannedVersion } from './contract.js';

/** The little of a plan that the workflow needs. */
export async function plannedVersion(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { plan, tables, published }: { plan: Plan; tables: Iterable<TableOutline>; published: boolean },
): Promise<PlannedVersion> {
  const result: PlannedVersion = {
    version: plan.version,
    verdict: plan.verdict,
    archives: plan.archives.length,
    findings: plan.findings.length,
    tables: [],
    published,
  };
  for (const { head, bytes } of tables) {
    const { table, version, members, rows, refused } = head;
    const receipt = await store.head(layout.version(version).merged(table));
    result.tables.push({
      table,
      version,
      files: members.merged + members.quarantined,
      rows,
      bytes,
      ...(refused === undefined ? {} : { refused: refused.slice(0, 500) }),
      merged: receipt !== undefined,
    });
  }
  return result;
}
