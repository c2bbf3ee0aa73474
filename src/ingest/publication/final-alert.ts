import type { PartnerConfig } from '../../config/partner-config.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPlan } from '../planning/read-plan.js';
import { describeVersion } from './describe-version.js';
import { gatherTables, type MergeFailureRecord } from './gather-tables.js';
import { buildLedger } from './ledger.js';
import { readPointer } from './pointer.js';
import { readAssessContext } from './read-assess-context.js';
import { writeAlertOnce } from './write-alert.js';

export interface FinalAlertInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  config: PartnerConfig;
  version: number;
  /** With the tries of all rounds. */
  failures: ReadonlyMap<string, MergeFailureRecord>;
  signal?: AbortSignal | undefined;
}

/**
 * Writes what is to be told once every round is used up and tables are still missing. The alert beside the version was
 * written when it was published, before the rounds began. Returns the key of its data; `undefined` where nothing is
 * missing any more.
 */
export async function writeFinalAlert(input: FinalAlertInput): Promise<string | undefined> {
  const { store, layout, version, signal } = input;
  const call = signal === undefined ? {} : { signal };
  const keys = layout.version(version);
  const plan = await readPlan(store, keys, call);
  const earlier = (await readPointer(store, layout, call))?.publication;
  const tables = await gatherTables({ ...input, plan, earlier, call });
  const ledger = buildLedger(
    plan,
    tables.map(({ evidence }) => evidence),
  );
  const context = await readAssessContext(input, plan, tables, call);
  const told = { publishedAt: '', workflowId: '', runId: '' };
  const { alert } = describeVersion({ ...input, ...told, plan, tables, ledger, context });
  return alert === undefined ? undefined : writeAlertOnce(store, keys.finalAlert, alert, call);
}
