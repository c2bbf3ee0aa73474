import { TerminalError } from '../errors.js';
import { ConflictError } from '../store/errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { BuiltPlan } from './build-plan.js';
import { requireJson, writeJsonOnce } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type Plan, planSchema } from './plan.js';

/** More versions than anybody publishes of one day: something claims in a loop. */
const MOST = 10_000;

export interface ClaimVersionInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  /** The plan as version n. Called again with n + 1 when n is taken. */
  build: (version: number) => BuiltPlan | Promise<BuiltPlan>;
  /** First version to try. Default 1. */
  from?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Claims the first free version: its table plans are written, then `plan.json`, whose creation is the claim. Finding
 * the same plan there is a success: somebody did the same work before.
 */
export async function claimVersion({
  store,
  layout,
  build,
  from = 1,
  signal,
}: ClaimVersionInput): Promise<BuiltPlan> {
  const call: CallOptions = signal === undefined ? {} : { signal };
  for (let version = from; version < from + MOST; version++) {
    signal?.throwIfAborted();
    const keys = layout.version(version);
    const built = await build(version);
    try {
      for (const table of built.tables) {
        // Unchanged tables are described by the earlier version that made them.
        if (table.version === version) await writeJsonOnce(store, keys.tablePlan(table.table), table, call);
      }
      await writeJsonOnce(store, keys.plan, built.plan, call);
      return built;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new TerminalError(`${layout.prefix}: versions ${from} to ${from + MOST - 1} are all taken`);
}

/**
 * Claims the next version for a plan that exists: tables of it that had failed are merged now. No archive and no
 * manifest is read, and every table stays described by the version that planned it.
 * `after`: the version readers see, or the one that was spent.
 */
export async function claimRepublication(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  after: number,
  options: CallOptions = {},
): Promise<Plan> {
  const plan = await requireJson(store, layout.version(version).plan, planSchema, options);
  const { plan: claimed } = await claimVersion({
    store,
    layout,
    build: (next) => ({ plan: { ...plan, version: next }, tables: [] }),
    from: after + 1,
    signal: options.signal,
  });
  return claimed;
}
