import type { PartnerConfig } from '../../config/partner-config.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import { Landing } from './landing.js';

/** The archives of all sources of a partner-day that are in the store now. */
export async function landedArchives(
  store: ObjectStore,
  config: PartnerConfig,
  date: string,
  call: CallOptions = {},
): Promise<ArchiveRef[]> {
  const found: ArchiveRef[] = [];
  for (const source of config.sources) {
    const landing = new Landing(source, config.id, date);
    for await (const { key, etag, bytes } of store.list(landing.prefix, call)) {
      if (landing.isArchive(key)) found.push({ source: source.id, key, etag, bytes });
    }
  }
  return found;
}
