import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import { readPlan } from './read-plan.js';

/** Archives that the published version was planned with and that have a manifest; they need not be looked at again. */
export async function committedArchives(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<{ key: string; etag: string }[]> {
  const version = (await readPointer(store, layout, options))?.publication.version;
  if (version === undefined) return [];
  const { archives } = await readPlan(store, layout.version(version), options);
  return archives.flatMap(({ key, etag, rulesId }) =>
    etag === undefined || rulesId === undefined ? [] : [{ key, etag }],
  );
}
