import type { PartnerConfig } from '../../config/partner-config.js';
import { Landing } from '../../ingest/landing.js';
import type { ObjectStore } from '../../store/object-store.js';

/** The archives of all sources of a partner-day that are in the store now. */
export async function landedArchives(
  store: ObjectStore,
  config: PartnerConfig,
  date: string,
): Promise<{ source: string; key: string; bytes: number }[]> {
  const found: { source: string; key: string; bytes: number }[] = [];
  for (const source of config.sources) {
    const landing = new Landing(source, config.id, date);
    for await (const { key, bytes } of store.list(landing.prefix)) {
      if (landing.isArchive(key)) found.push({ source: source.id, key, bytes });
    }
  }
  return found;
}
