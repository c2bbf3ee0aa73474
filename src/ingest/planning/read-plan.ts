import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import { into, readJsonInTurns } from '../documents/read-json-in-turns.js';
import type { PartnerDayLayout, VersionLayout } from '../layout.js';
import { type EarlierTable, earlierTable } from './earlier-table.js';
import {
  type Plan,
  type PlannedArchive,
  type PlannedRange,
  plannedArchiveSchema,
  plannedRangeSchema,
  planSchema,
  type TableOutline,
  type TablePlan,
  tableOutlineSchema,
  tablePlanSchema,
} from './plan.js';
import { RangeList, RangeSources } from './range-list.js';

/** The head of a version. @throws ObjectNotFoundError, UnreadableObjectError */
export async function readPlan(
  store: ObjectStore,
  { plan: key }: VersionLayout,
  options: CallOptions = {},
): Promise<Plan> {
  const archives: PlannedArchive[] = [];
  const lists = { archives: into(key, plannedArchiveSchema, (archive) => archives.push(archive)) };
  const plan = found(key, await readJsonInTurns(store, key, planSchema, lists, options));
  return { ...plan, archives };
}

/** The plan of one table, of the version that made it. @throws ObjectNotFoundError, UnreadableObjectError */
export async function readTablePlan(
  store: ObjectStore,
  version: VersionLayout,
  table: string,
  options: CallOptions = {},
): Promise<TablePlan> {
  const key = version.tablePlan(table);
  const ranges: PlannedRange[] = [];
  const lists = { ranges: into(key, plannedRangeSchema, (range) => ranges.push(range)) };
  const plan = found(key, await readJsonInTurns(store, key, tablePlanSchema, lists, options));
  return { ...plan, ranges };
}

/** The same, with its ranges outside the heap. */
export async function readEarlierTable(
  store: ObjectStore,
  version: VersionLayout,
  table: string,
  options: CallOptions = {},
  sources = new RangeSources(),
): Promise<EarlierTable> {
  const key = version.tablePlan(table);
  const ranges = new RangeList();
  const lists = { ranges: into(key, plannedRangeSchema, (range) => ranges.append(range, sources)) };
  const plan = found(key, await readJsonInTurns(store, key, tablePlanSchema, lists, options));
  return { ...earlierTable(plan), ranges };
}

/** The outlines of all tables of a version, in its order. */
export async function readTableOutlines(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { tables }: Pick<Plan, 'tables'>,
  options: CallOptions = {},
): Promise<TableOutline[]> {
  const outlines: TableOutline[] = [];
  for (const { table, version } of tables) {
    outlines.push(await readTableOutline(store, layout.version(version), table, options));
  }
  return outlines;
}

/** A table's plan without its ranges. Of a version that wrote none the plan itself is read. */
export async function readTableOutline(
  store: ObjectStore,
  version: VersionLayout,
  table: string,
  options: CallOptions = {},
): Promise<TableOutline> {
  const outline = await readJson(store, version.tableHead(table), tableOutlineSchema, options);
  return outline ?? outlineOf(await readEarlierTable(store, version, table, options));
}

export function outlineOf({ head, ranges }: Pick<EarlierTable, 'head' | 'ranges'>): TableOutline {
  return { format: 1, head, ranges: ranges.length, bytes: ranges.bytes };
}

function found<T>(key: string, value: T | undefined): T {
  if (value === undefined) throw new ObjectNotFoundError(key);
  return value;
}
