import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { readJson } from './documents/json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type MergeReceipt, mergeReceiptSchema } from './merging/merge-receipt.js';
import type { Plan, PlanTable, TablePlan } from './planning/plan.js';
import { readPlan, readTablePlan } from './planning/read-plan.js';
import { readPointer } from './publication/pointer.js';
import { type Publication, publicationSchema } from './publication/publication.js';

/** What the store alone tells of a partner-day. Objects that are there but broken are UnreadableObjectErrors. */
export interface DayState {
  /** What readers see; absent while nothing is published. */
  publication: Publication | undefined;
  /** Claimed versions, ascending. */
  versions: number[];
  /** 0 when nothing was planned yet. */
  highestVersion: number;
  /** The newest plan. */
  plan: Plan | undefined;
  /** The newest version, when it waits for a decision. */
  held: Publication | undefined;
  readPlan(version: number): Promise<Plan>;
  readTablePlan(table: PlanTable): Promise<TablePlan>;
  /** `undefined`: not merged. */
  readReceipt(table: PlanTable): Promise<MergeReceipt | undefined>;
}

export async function readDayState(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<DayState> {
  const publication = (await readPointer(store, layout, options))?.publication;
  const versions = await claimedVersions(store, layout, options);
  const highestVersion = versions.at(-1) ?? 0;
  const planOf = (version: number) => readPlan(store, layout.version(version), options);
  const held =
    highestVersion > (publication?.version ?? 0)
      ? await readJson(store, layout.version(highestVersion).held, publicationSchema, options)
      : undefined;
  return {
    publication,
    versions,
    highestVersion,
    plan: highestVersion === 0 ? undefined : await planOf(highestVersion),
    held,
    readPlan: planOf,
    readTablePlan: ({ table, version }) => readTablePlan(store, layout.version(version), table, options),
    readReceipt: ({ table, version }) =>
      readJson(store, layout.version(version).merged(table), mergeReceiptSchema, options),
  };
}

/** Versions whose plan exists, ascending. A number may be missing: two attempts met and both moved on. */
export async function claimedVersions(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<number[]> {
  const versions: number[] = [];
  const prefix = `${layout.prefix}v`;
  for await (const { key } of store.list(prefix, options)) {
    const match = /^(\d+)\/plan\.json$/.exec(key.slice(prefix.length));
    if (match) versions.push(Number(match[1]));
  }
  return versions.sort((a, b) => a - b);
}
