import { judgeMemberPath } from '../../archive/member-path.js';
import { readArchive } from '../../archive/read-archive.js';
import type { PartnerConfig } from '../../config/partner-config.js';
import { Landing } from '../../ingest/arrivals/landing.js';
import type { ObjectInfo, ObjectStore } from '../../store/object-store.js';
import { type InferredPattern, inferPattern } from './infer-pattern.js';

export interface Discovery extends InferredPattern {
  /** The business date looked at: the newest with archives. */
  date: string;
  /** How many archives were opened. */
  archives: number;
}

/** Small archives hold few tables each, so many are opened; of large ones a few beginnings have to do. */
const OPENED_ARCHIVES = 200;
const READ_BYTES = 16 * 2 ** 20;
const READ_BYTES_IN_ALL = 128 * 2 ** 20;
const READ_NAMES = 20_000;

/** Looks into the beginning of a few archives of the newest day. `undefined`: none has landed, or none can be read. */
export async function discoverTables(
  store: ObjectStore,
  config: PartnerConfig,
  signal: AbortSignal,
): Promise<Discovery | undefined> {
  const landed = await newestDay(store, config);
  if (!landed) return undefined;
  const names: string[] = [];
  const affordable = READ_BYTES_IN_ALL / Math.min(READ_BYTES, meanBytes(landed.archives));
  const chosen = spread(landed.archives, Math.min(OPENED_ARCHIVES, Math.max(2, Math.floor(affordable))));
  for (const archive of chosen) {
    signal.throwIfAborted();
    names.push(...(await memberNames(store, archive, config, signal)));
  }
  const inferred = inferPattern([...new Set(names)], landed.date);
  return inferred && { ...inferred, date: landed.date, archives: chosen.length };
}

async function newestDay(
  store: ObjectStore,
  config: PartnerConfig,
): Promise<{ date: string; archives: ObjectInfo[] } | undefined> {
  const byDate = new Map<string, ObjectInfo[]>();
  for (const source of config.sources) {
    const template = source.landing.replaceAll('{partner}', config.id);
    const fixed = template.slice(0, template.indexOf('{date}'));
    for await (const info of store.list(fixed)) {
      const date = /^\d{4}-\d{2}-\d{2}/.exec(info.key.slice(fixed.length))?.[0];
      if (date === undefined || !isArchive(source, config.id, date, info.key)) continue;
      byDate.set(date, [...(byDate.get(date) ?? []), info]);
    }
  }
  const date = [...byDate.keys()].sort().at(-1);
  return date === undefined ? undefined : { date, archives: byDate.get(date)! };
}

function isArchive(
  source: PartnerConfig['sources'][number],
  partner: string,
  date: string,
  key: string,
): boolean {
  try {
    return new Landing(source, partner, date).isArchive(key);
  } catch {
    // Digits that are no date.
    return false;
  }
}

async function memberNames(
  store: ObjectStore,
  archive: ObjectInfo,
  { limits }: PartnerConfig,
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  const { stream } = await store.get(archive.key, { signal });
  await readArchive(beginning(stream), limits, {
    entry: ({ name }) => {
      const path = judgeMemberPath(name);
      if (path.kind === 'plain' && names.length < READ_NAMES) names.push(path.path.split('/').at(-1)!);
      return undefined;
    },
    other: () => undefined,
    settle: async () => undefined,
  });
  return names;
}

/** What follows is as good as cut: the names before it are whole. */
async function* beginning(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of stream) {
    yield chunk;
    read += chunk.byteLength;
    if (read >= READ_BYTES) return;
  }
}

function meanBytes(archives: readonly ObjectInfo[]): number {
  return Math.max(1, archives.reduce((total, { bytes }) => total + bytes, 0) / archives.length);
}

/** At most `count` items, evenly from first to last. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from(
    { length: count },
    (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!,
  );
}
