import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { requireJson } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type Plan, planSchema, type TablePlan, tablePlanSchema } from './plan.js';

/** A claimed version with the plans of all its tables, each from the version that made it. */
export async function readPlannedVersion(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  options: CallOptions = {},
): Promise<{ plan: Plan; tables: Map<string, TablePlan> }> {
  const plan = await requireJson(store, layout.version(version).plan, planSchema, options);
  const tables = new Map<string, TablePlan>();
  for (const { table, version: made } of plan.tables) {
    tables.set(
      table,
      await requireJson(store, layout.version(made).tablePlan(table), tablePlanSchema, options),
    );
  }
  return { plan, tables };
}
