import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { putOnce } from '../store/put-once.js';
import { encodeJsonInTurns } from './encode-json-in-turns.js';
import { writeJsonOnce } from './json-object.js';
import type { VersionLayout } from './layout.js';
import type { PlannedDay } from './planned-day.js';
import { outlineOf } from './read-plan.js';
import { Turns } from './turns.js';

/**
 * Writes what a version is made of, but for `plan.json`: the plans of its own tables, and what the version after it
 * will be planned from. @throws ConflictError when another plan was written under that version
 */
export async function writePlannedDay(
  store: ObjectStore,
  keys: VersionLayout,
  day: PlannedDay,
  version: number,
  options: CallOptions,
): Promise<void> {
  const turns = new Turns(options.signal);
  const write = async (key: string, value: object) =>
    putOnce(store, key, await encodeJsonInTurns(value, turns), options);
  for (const planned of day.tables) {
    const { table, folded, carried, reuse } = planned;
    if (folded === undefined) continue;
    const { headers, ranges, shares, shareHeaders } = folded;
    await write(keys.tableIndex(table), { format: 1, headers: shareHeaders, shares });
    if (carried !== undefined) continue;
    const head = { ...folded.head, version };
    await write(keys.tablePlan(table), { ...head, headers, ranges, reuse });
    await writeJsonOnce(store, keys.tableHead(table), outlineOf({ head, ranges }), options);
  }
  await write(keys.archiveIndex, day.index(version));
  await putOnce(store, keys.memberIndex, day.walk.members.bytes(), options);
}
