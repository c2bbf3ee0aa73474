import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Dialect } from '../config/rules.js';
import { TerminalError } from '../errors.js';
import type { ObjectInfo, ObjectStore } from '../store/object-store.js';
import type { TableSource } from './compare-tables.js';

/** What the other pipeline left is not where it was said to be. */
export class LegacyTableError extends TerminalError {}

const CSV = /\.csv(?:\.gz)?$/;

/**
 * The tables another pipeline left at a key or below a prefix: `{table}.csv`, or the parts of a directory `{table}/`,
 * gzip or not. A key is one table.
 * @throws LegacyTableError when there is nothing
 */
export async function legacyTables(
  store: ObjectStore,
  place: string,
  dialect: Dialect,
): Promise<{ byTable: Map<string, TableSource>; single?: TableSource }> {
  const info = place === '' || place.endsWith('/') ? undefined : await store.head(place);
  if (info) return { byTable: new Map(), single: source(store, [info], dialect) };
  const found = new Map<string, ObjectInfo[]>();
  for await (const object of store.list(place)) {
    const table = tableOf(object.key.slice(place.length).replace(/^\//, ''));
    if (table !== undefined) found.set(table, [...(found.get(table) ?? []), object]);
  }
  if (found.size === 0)
    throw new LegacyTableError(`${store.url}: there is no {table}.csv at or below ${place}`);
  return { byTable: new Map([...found].map(([table, parts]) => [table, source(store, parts, dialect)])) };
}

/** `orders.csv`, `orders.csv.gz`, `orders/part-0001.csv`, `orders.csv/part-0001.csv` are of the table `orders`. */
function tableOf(name: string): string | undefined {
  const parts = name.split('/');
  if (!CSV.test(name) || parts.length > 2) return undefined;
  return parts[0]!.replace(CSV, '');
}

function source(store: ObjectStore, objects: readonly ObjectInfo[], dialect: Dialect): TableSource {
  return {
    dialect,
    parts: objects.map(({ key, bytes, etag }) => ({
      name: key,
      bytes,
      open: async () => {
        const { stream } = await store.get(key, { ifMatch: etag });
        if (!key.endsWith('.gz')) return stream;
        const gunzip = createGunzip();
        const compressed = Readable.from(stream, { objectMode: false });
        compressed.on('error', (error) => gunzip.destroy(error));
        return compressed.pipe(gunzip);
      },
    })),
  };
}
