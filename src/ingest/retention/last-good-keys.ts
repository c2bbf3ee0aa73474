import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { claimedVersions } from '../day-state.js';
import { readJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { readPointer } from '../publication/pointer.js';
import { publicationSchema } from '../publication/publication.js';

/** Tables of earlier days that the published version of a day, or one that waits for a decision, names as last good. */
export async function lastGoodKeys(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<string[]> {
  const published = (await readPointer(store, layout, options))?.publication;
  const newest = (await claimedVersions(store, layout, options)).at(-1) ?? 0;
  const held =
    newest > (published?.version ?? 0)
      ? await readJson(store, layout.version(newest).held, publicationSchema, options)
      : undefined;
  const tables = [...(published?.tables ?? []), ...(held?.tables ?? [])];
  return tables.flatMap(({ lastGood }) => (lastGood === undefined ? [] : [lastGood.key]));
}
