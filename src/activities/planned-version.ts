import type { PartnerDayLayout } from '../ingest/layout.js';
import type { Plan, TablePlan } from '../ingest/plan.js';
import type { ObjectStore } from '../store/object-store.js';
import type { PlannedVersion } from './contract.js';

/** The little of a plan that the workflow needs. */
export async function plannedVersion(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { plan, tables, published }: { plan: Plan; tables: Iterable<TablePlan>; published: boolean },
): Promise<PlannedVersion> {
  const result: PlannedVersion = {
    version: plan.version,
    verdict: plan.verdict,
    archives: plan.archives.length,
    findings: plan.findings.length,
    tables: [],
    published,
  };
  for (const { table, version, members, rows, ranges, refused } of tables) {
    const receipt = await store.head(layout.version(version).merged(table));
    result.tables.push({
      table,
      version,
      files: members.merged + members.quarantined,
      rows,
      bytes: ranges.reduce((sum, range) => sum + range.bytes, 0),
      ...(refused === undefined ? {} : { refused: refused.slice(0, 500) }),
      merged: receipt !== undefined,
    });
  }
  return result;
}
