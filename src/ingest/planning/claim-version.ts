import { TerminalError } from '../../errors.js';
import { ConflictError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { encodeJsonInTurns } from '../documents/encode-json-in-turns.js';
import type { PartnerDayLayout, VersionLayout } from '../layout.js';
import { Turns } from '../turns.js';
import type { Plan } from './plan.js';
import { readPlan } from './read-plan.js';

/** More versions than anybody publishes of one day: something claims in a loop. */
export const MOST_CLAIMS = 10_000;

export interface ClaimVersionInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  /** The plan as version n. Called again with n + 1 when n is taken. */
  plan: (version: number) => Plan;
  /** Writes what the plan names under its version. @throws ConflictError */
  write?: ((keys: VersionLayout, version: number) => Promise<void>) | undefined;
  /** First version to try. Default 1. */
  from?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Claims the first free version: what its plan names is written, then `plan.json`, whose creation is the claim.
 * Finding the same plan there is a success: somebody did the same work before.
 */
export async function claimVersion(input: ClaimVersionInput): Promise<Plan> {
  const { store, layout, from = 1, signal } = input;
  const call: CallOptions = signal === undefined ? {} : { signal };
  for (let version = from; version < from + MOST_CLAIMS; version++) {
    signal?.throwIfAborted();
    const keys = layout.version(version);
    const plan = input.plan(version);
    try {
      await input.write?.(keys, version);
      await putOnce(store, keys.plan, await encodeJsonInTurns(plan, new Turns(signal)), call);
      return plan;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  throw new TerminalError(`${layout.prefix}: versions ${from} to ${from + MOST_CLAIMS - 1} are all taken`);
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
  const plan = await readPlan(store, layout.version(version), options);
  return claimVersion({
    store,
    layout,
    plan: (next) => ({ ...plan, version: next }),
    from: after + 1,
    signal: options.signal,
  });
}
