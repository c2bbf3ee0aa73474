import { z } from 'zod';
import { ConflictError, ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { requireJson, writeJsonOnce } from '../documents/json-object.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import { type PartnerDayLayout, registryPrefix, registryRoot } from '../layout.js';
import { columnTypeSchema } from '../manifest.js';
import type { TableHead } from '../planning/plan.js';
import type { TableBase } from '../planning/plan-input.js';
import { publicationSchema } from './publication.js';

/** How a table looked on one published day. Immutable. */
export const registryEntrySchema = z.object({
  format: z.literal(1),
  partner: z.string(),
  table: z.string(),
  date: z.string(),
  version: z.number().int().positive(),
  columns: z.array(z.string()),
  types: z.array(columnTypeSchema),
});
export type RegistryEntry = z.infer<typeof registryEntrySchema>;

export interface TableBases {
  bases: Map<string, TableBase>;
  /** Tables whose newest entry cannot be read, with the reason. */
  broken: Map<string, string>;
}

const ENTRY = /^([^/]+)\/(\d{4}-\d{2}-\d{2})\.json$/;

/**
 * What the partner's tables looked like before this date: for each table its newest entry of an earlier day. For a
 * later version of a date see `basesOfFirstVersion`: a date follows the order it was first planned with.
 */
export async function readTableBases(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<TableBases> {
  const newest = new Map<string, { date: string; key: string }>();
  const root = registryRoot(layout.partner);
  for await (const { key } of store.list(root, options)) {
    const [, table, date] = ENTRY.exec(key.slice(root.length)) ?? [];
    if (table === undefined || date === undefined || date >= layout.date) continue;
    if (date > (newest.get(table)?.date ?? '')) newest.set(table, { date, key });
  }
  const result: TableBases = { bases: new Map(), broken: new Map() };
  for (const [table, { key }] of newest) {
    try {
      const { columns, types } = await requireJson(store, key, registryEntrySchema, options);
      result.bases.set(table, { columns, reference: { columns, types } });
    } catch (error) {
      if (!(error instanceof UnreadableObjectError) && !(error instanceof ObjectNotFoundError)) throw error;
      result.broken.set(table, error.message);
    }
  }
  return result;
}

/**
 * Bases for a later version of a date: its tables keep the column order of the version they were first planned in and
 * measure drift against the same history. Tables that are new today come from `registry`.
 */
export function basesOfFirstVersion(first: Iterable<TableHead>, registry: TableBases): TableBases {
  const bases = new Map(registry.bases);
  const broken = new Map(registry.broken);
  for (const { table, columns, reference, findings } of first) {
    // Never planned in earnest: the registry has the word as soon as it can be read.
    if (findings.some(({ code }) => code === 'schema-unreadable')) continue;
    const order = columns.length > 0 ? columns : (bases.get(table)?.columns ?? []);
    bases.set(table, { columns: order, ...(reference === undefined ? {} : { reference }) });
    broken.delete(table);
  }
  return { bases, broken };
}

/** An entry that is already there stays: the first version of a date that published the table wrote it. */
export async function writeRegistryEntry(
  store: ObjectStore,
  layout: PartnerDayLayout,
  plan: TableHead,
  options: CallOptions = {},
): Promise<void> {
  const { table, version, columns, types } = plan;
  const { partner, date } = layout;
  const entry: RegistryEntry = { format: 1, partner, table, date, version, columns, types };
  try {
    await writeJsonOnce(store, layout.registry(table), entry, options);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}

export interface LastGood {
  date: string;
  version: number;
  key: string;
}

/** Newest earlier day on which the table was published with rows of its own. */
export async function findLastGood(
  store: ObjectStore,
  layout: PartnerDayLayout,
  table: string,
  options: CallOptions = {},
): Promise<LastGood | undefined> {
  const prefix = registryPrefix(layout.partner, table);
  const dates: string[] = [];
  for await (const { key } of store.list(prefix, options)) {
    const date = key.slice(prefix.length, -'.json'.length);
    if (/^\d{4}-\d{2}-\d{2}$/.test(date) && date < layout.date) dates.push(date);
  }
  for (const date of dates.reverse()) {
    const found = await publishedOn(store, layout, date, table, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function publishedOn(
  store: ObjectStore,
  layout: PartnerDayLayout,
  date: string,
  table: string,
  options: CallOptions,
): Promise<LastGood | undefined> {
  const pointer = layout.on(date).published;
  try {
    const publication = await requireJson(store, pointer, publicationSchema, options);
    const entry = publication.tables.find((candidate) => candidate.table === table);
    if (entry?.key === undefined || entry.version === undefined) return undefined;
    return { date, version: entry.version, key: entry.key };
  } catch (error) {
    // A hint for readers of a failed table: an older day must not make this one fail.
    if (error instanceof UnreadableObjectError || error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}
