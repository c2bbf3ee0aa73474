import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';
import type { Plan, TablePlan } from './plan.js';
import { readPlan, readTablePlan } from './read-plan.js';

/** A claimed version with the plans of all its tables, each from the version that made it. */
export async function readPlannedVersion(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  options: CallOptions = {},
): Promise<{ plan: Plan; tables: Map<string, TablePlan> }> {
  const plan = await readPlan(store, layout.version(version), options);
  const tables = new Map<string, TablePlan>();
  for (const { table, version: made } of plan.tables) {
    tables.set(table, await readTablePlan(store, layout.version(made), table, options));
  }
  return { plan, tables };
}
