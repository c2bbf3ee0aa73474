import { z } from 'zod';
import { crc32 } from '../../store/crc32.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { into, readJsonInTurns } from '../documents/read-json-in-turns.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { type ArchiveRecord, archiveIndexSchema, archiveRecordSchema } from './archive-index.js';
import type { EarlierTable } from './earlier-table.js';
import type { ShareSource } from './fold-table.js';
import { FullPlanNeeded } from './full-plan-needed.js';
import { MemberIndex } from './member-index.js';
import type { Plan, PlanTable } from './plan.js';
import type { KnownArchive, KnownArchives } from './plan-walk.js';
import type { RangeSources } from './range-list.js';
import { readEarlierTable } from './read-plan.js';
import { type EncodedShare, parseShares } from './table-share.js';

/**
 * What a version knew of its archives. `undefined`: it left no index, or planned by other rules.
 * The index saves effort and is never the only place where something is known: what is wrong with it is not told.
 */
export async function readKnownArchives(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: Plan,
  planningRules: string,
  options: CallOptions = {},
): Promise<KnownArchives | undefined> {
  if (plan.index === undefined) return undefined;
  const { archiveIndex: key, memberIndex } = layout.version(plan.index);
  const records: ArchiveRecord[] = [];
  const lists = { archives: into(key, archiveRecordSchema, (record) => records.push(record)) };
  try {
    const index = await readJsonInTurns(store, key, archiveIndexSchema, lists, options);
    if (index === undefined || index.planningRules !== planningRules) return undefined;
    const bytes = await store.getBytes(memberIndex, options);
    if (crc32(bytes) !== index.membersCrc32) return undefined;
    const members = MemberIndex.from(bytes);
    const archives = new Map<string, KnownArchive>();
    let firstName = 0;
    for (const planned of plan.archives) {
      if (planned.rulesId === undefined || planned.archiveId === undefined) continue;
      const record = records[archives.size];
      if (record === undefined) return undefined;
      archives.set(planned.archiveId, { record, planned, firstName });
      firstName += record.names;
    }
    const whole = archives.size === records.length && firstName === members.count;
    const { tables, tableSets } = index;
    return whole ? { archives, members, tables, tableSets } : undefined;
  } catch (error) {
    if (error instanceof ObjectNotFoundError || error instanceof UnreadableObjectError) return undefined;
    throw error;
  }
}

export const shareListSchema = z.object({
  format: z.literal(1),
  headers: z.array(z.array(z.string())),
  shares: z.array(z.unknown()),
});

/** An earlier plan of a table with the shares it was folded from. @throws FullPlanNeeded */
export async function readEarlierShares(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { table, version }: PlanTable,
  known: KnownArchives,
  sources: RangeSources,
  options: CallOptions = {},
): Promise<EarlierTable & { source: ShareSource }> {
  const earlier = await readEarlierTable(store, layout.version(version), table, options, sources);
  const shared = known.tables.find((entry) => entry.table === table)?.version;
  if (shared === undefined) throw new FullPlanNeeded(`${table} has no shares`);
  const key = layout.version(shared).tableIndex(table);
  const batches: Buffer[] = [];
  const lists = { shares: (text: Buffer) => void batches.push(Buffer.from(text)) };
  try {
    const list = await readJsonInTurns(store, key, shareListSchema, lists, options);
    if (list === undefined) throw new FullPlanNeeded(`${key} is gone`);
    const { headers: rangeHeaders, ranges } = earlier;
    const shares = () => decoded(key, batches);
    return { ...earlier, source: { headers: list.headers, rangeHeaders, ranges, shares } };
  } catch (error) {
    if (error instanceof UnreadableObjectError) throw new FullPlanNeeded(error.message, { cause: error });
    throw error;
  }
}

function* decoded(key: string, batches: readonly Buffer[]): Generator<EncodedShare> {
  for (const batch of batches) {
    try {
      yield* parseShares(batch.toString());
    } catch (cause) {
      throw new FullPlanNeeded(`${key} cannot be understood`, { cause });
    }
  }
}
