import type { PartnerConfig } from '../../config/partner-config.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import { requireJson } from '../documents/json-object.js';
import { announcementSchema } from './arrivals.js';
import { ForeignKeyError, Landing } from './landing.js';

/** What sources said by message. */
export interface Told {
  completions: { source: string; archives?: number; bytes?: number; manifest?: string }[];
  announcements: { source: string; manifest?: string; keys?: string[] }[];
}

/** One source as one listing saw it. */
export interface Observed {
  source: PartnerConfig['sources'][number];
  landed: ArchiveRef[];
  /** Settled, but of another size than announced: still on their way, or announced wrongly. */
  misfits: ArchiveRef[];
  /** Archives that are still being written, misfits included. */
  unsettled: number;
  marker: boolean;
  announced?: { key: string; bytes?: number }[];
  announcedCount?: number;
  /** A signal said that the source has sent everything. */
  told: boolean;
  refused: string[];
}

/** A landed file has arrived once nobody has touched it for this long; objects of S3 appear whole. */
const SETTLED_MS = 2_000;

/** Lists every source of a partner-day once and puts it beside what was announced. */
export async function observeLanding(
  store: ObjectStore,
  config: PartnerConfig,
  date: string,
  told: Told,
  signal: AbortSignal,
): Promise<Observed[]> {
  const observed: Observed[] = [];
  for (const source of config.sources) {
    observed.push(await observeSource(store, new Landing(source, config.id, date), told, signal));
  }
  return observed;
}

async function observeSource(
  store: ObjectStore,
  landing: Landing,
  told: Told,
  signal: AbortSignal,
): Promise<Observed> {
  const { source } = landing;
  const announced = new Map<string, { key: string; bytes?: number }>();
  const refused: string[] = [];
  const announce = (name: string, bytes?: number) => {
    try {
      const key = landing.keyOf(name);
      announced.set(key, bytes === undefined ? { key } : { key, bytes });
    } catch (error) {
      if (!(error instanceof ForeignKeyError)) throw error;
      refused.push(name);
    }
  };
  const settled: ArchiveRef[] = [];
  const fresh: ArchiveRef[] = [];
  let marker = false;
  let manifest = false;
  const now = Date.now();
  for await (const { key, bytes, etag, lastModified } of store.list(landing.prefix, { signal })) {
    if (key === landing.markerKey) marker = true;
    else if (key === landing.manifestKey) manifest = true;
    else if (landing.isArchive(key)) {
      const touched =
        store.url.startsWith('file:') && lastModified && now - lastModified.getTime() < SETTLED_MS;
      (touched ? fresh : settled).push({ source: source.id, key, etag, bytes });
    }
  }
  const completions = told.completions.filter((message) => message.source === source.id);
  const announcements = told.announcements.filter((message) => message.source === source.id);
  const manifests = new Set<string>(manifest ? [landing.manifestKey!] : []);
  for (const message of [...completions, ...announcements]) {
    if (message.manifest === undefined) continue;
    try {
      manifests.add(landing.keyOf(message.manifest));
    } catch (error) {
      if (!(error instanceof ForeignKeyError)) throw error;
      refused.push(message.manifest);
    }
  }
  for (const key of manifests) {
    for (const { name, bytes } of (await requireJson(store, key, announcementSchema, { signal })).archives)
      announce(name, bytes);
  }
  for (const { keys } of announcements) for (const key of keys ?? []) announce(key);
  // Its announced size is as good a proof of arrival as two seconds of rest.
  const arrived = fresh.filter((archive) => announced.get(archive.key)?.bytes === archive.bytes);
  const isMisfit = ({ key, bytes }: ArchiveRef) => (announced.get(key)?.bytes ?? bytes) !== bytes;
  const misfits = settled.filter(isMisfit);
  const announcedCount = completions.find((message) => message.archives !== undefined)?.archives;
  return {
    source,
    landed: [...settled.filter((archive) => !isMisfit(archive)), ...arrived],
    misfits,
    unsettled: fresh.length - arrived.length + misfits.length,
    marker,
    told: completions.length > 0,
    refused,
    ...(announced.size > 0 || manifests.size > 0 ? { announced: [...announced.values()] } : {}),
    ...(announcedCount === undefined ? {} : { announcedCount }),
  };
}
