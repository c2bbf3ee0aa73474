import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { requireJson } from '../documents/json-object.js';
import { registryPrefix, registryRoot } from '../layout.js';
import { type RegistryEntry, registryEntrySchema } from './registry.js';

const ENTRY = /^([^/]+)\/(\d{4}-\d{2}-\d{2})\.json$/;

/** How each table of a partner looked on the newest day it was published. */
export async function readRegistry(
  store: ObjectStore,
  partner: string,
  options: CallOptions = {},
): Promise<RegistryEntry[]> {
  const root = registryRoot(partner);
  const newest = new Map<string, string>();
  for await (const { key } of store.list(root, options)) {
    const [, table] = ENTRY.exec(key.slice(root.length)) ?? [];
    // Keys come in order of table and date.
    if (table !== undefined) newest.set(table, key);
  }
  const entries: RegistryEntry[] = [];
  for (const key of newest.values())
    entries.push(await requireJson(store, key, registryEntrySchema, options));
  return entries;
}

/** How a table looked on every published day, in order of date. */
export async function readTableHistory(
  store: ObjectStore,
  partner: string,
  table: string,
  options: CallOptions = {},
): Promise<RegistryEntry[]> {
  const prefix = registryPrefix(partner, table);
  const entries: RegistryEntry[] = [];
  for await (const { key } of store.list(prefix, options)) {
    if (/^\d{4}-\d{2}-\d{2}\.json$/.test(key.slice(prefix.length)))
      entries.push(await requireJson(store, key, registryEntrySchema, options));
  }
  return entries;
}
