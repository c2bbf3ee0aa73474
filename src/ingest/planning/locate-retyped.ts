import type { PartnerConfig } from '../../config/partner-config.js';
import { fitsColumnType } from '../../csv/column-type.js';
import { expectedType } from '../../quality/expected-schema.js';
import type { RetypedPlace } from '../../quality/timeline.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readJson } from '../documents/json-object.js';
import { readJsonInTurns } from '../documents/read-json-in-turns.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { type ColumnType, manifestSchema } from '../manifest.js';
import { archiveIndexSchema } from './archive-index.js';
import { shareListSchema } from './known-archives.js';
import type { Plan, PlannedArchive, TableHead } from './plan.js';
import { decodeShare, parseShares } from './table-share.js';

/** Of more columns nobody asks where it began. */
const MOST_COLUMNS = 50;
/** Archives whose members are looked at one by one; those beyond are counted whole. */
const MOST_MANIFESTS = 32;

interface Retyped {
  column: string;
  expected: ColumnType;
  /** By archive, in canonical order: members and rows of its groups that do not fit. */
  archives: Map<string, { members: number; rows: number }>;
}

/**
 * Where the values of another type begin, for every column of which a plan says that its type has changed: from the
 * index of the version and a few manifests, never from an archive. What cannot be found is left out.
 */
export async function locateRetyped(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: Plan,
  heads: readonly TableHead[],
  config: PartnerConfig,
  options: CallOptions = {},
): Promise<RetypedPlace[]> {
  const places: RetypedPlace[] = [];
  let left = MOST_COLUMNS;
  for (const head of heads) {
    const retyped = retypedColumns(head, config).slice(0, left);
    if (retyped.length === 0) continue;
    left -= retyped.length;
    try {
      await readShares(store, layout, plan, head.table, retyped, options);
      for (const column of retyped) {
        const place = await firstPlace(store, layout, plan, head.table, column, options);
        if (place !== undefined) places.push(place);
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return places;
}

function retypedColumns(head: TableHead, config: PartnerConfig): Retyped[] {
  return head.columns.flatMap((column) => {
    const expected = expectedType(head, column, config);
    return expected === undefined ? [] : [{ column, expected, archives: new Map() }];
  });
}

async function readShares(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: Plan,
  table: string,
  retyped: readonly Retyped[],
  options: CallOptions,
): Promise<void> {
  if (plan.index === undefined) return;
  const index = await readJsonInTurns(
    store,
    layout.version(plan.index).archiveIndex,
    archiveIndexSchema,
    { archives: () => {} },
    options,
  );
  const version = index?.tables.find((entry) => entry.table === table)?.version;
  if (version === undefined) return;
  const batches: Buffer[] = [];
  const lists = { shares: (text: Buffer) => void batches.push(Buffer.from(text)) };
  const key = layout.version(version).tableIndex(table);
  const list = await readJsonInTurns(store, key, shareListSchema, lists, options);
  if (list === undefined) return;
  for (const batch of batches) {
    for (const encoded of parseShares(batch.toString())) {
      const { archive, groups } = decodeShare(encoded);
      for (const { header, types, members, rows } of groups) {
        for (const { column, expected, archives } of retyped) {
          const type = types[list.headers[header]!.indexOf(column)];
          if (type === undefined || fitsColumnType(type, expected)) continue;
          const known = archives.get(archive) ?? { members: 0, rows: 0 };
          archives.set(archive, { members: known.members + members, rows: known.rows + rows });
        }
      }
    }
  }
}

async function firstPlace(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { archives }: Plan,
  table: string,
  { column, expected, archives: found }: Retyped,
  options: CallOptions,
): Promise<RetypedPlace | undefined> {
  let place: RetypedPlace | undefined;
  let manifests = 0;
  for (const [id, { members, rows }] of found) {
    const archive = archives.find(({ archiveId }) => archiveId === id);
    if (archive === undefined) continue;
    place ??= { table, column, archive: archive.key, members: 0, rows: 0 };
    const exact =
      manifests++ < MOST_MANIFESTS
        ? await membersIn(store, layout, archive, table, column, expected, options)
        : undefined;
    if (exact === undefined) place.atMost = true;
    else if (place.member === undefined && exact.member !== undefined) place.member = exact.member;
    place.members += exact?.members ?? members;
    place.rows += exact?.rows ?? rows;
  }
  return place;
}

async function membersIn(
  store: ObjectStore,
  layout: PartnerDayLayout,
  { archiveId, rulesId }: PlannedArchive,
  table: string,
  column: string,
  expected: ColumnType,
  options: CallOptions,
): Promise<{ member?: string; members: number; rows: number } | undefined> {
  if (archiveId === undefined || rulesId === undefined) return undefined;
  const manifest = await readJson(store, layout.manifest(archiveId, rulesId), manifestSchema, options);
  if (manifest === undefined) return undefined;
  const retyped = manifest.members.filter((member) => {
    if (member.table !== table || member.outcome !== 'loaded' || member.header === undefined) return false;
    const type = member.types?.[manifest.headers[member.header]?.indexOf(column) ?? -1];
    return type !== undefined && !fitsColumnType(type, expected);
  });
  const [first] = retyped;
  return {
    ...(first === undefined ? {} : { member: first.name }),
    members: retyped.length,
    rows: retyped.reduce((total, member) => total + member.rows - member.rowsQuarantined, 0),
  };
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof ObjectNotFoundError ||
    error instanceof UnreadableObjectError ||
    error instanceof SyntaxError
  );
}
