import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { PartnerDayLayout } from '../layout.js';

export interface DropLeftoversInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  /** Tables that are still to merge: what was begun of them is taken up again. */
  readonly unmerged: readonly { readonly table: string; readonly version: number }[];
  readonly signal?: AbortSignal | undefined;
}

export interface DroppedLeftovers {
  readonly uploads: number;
  readonly objects: number;
}

const INTERMEDIATE = /\/v\d+\/compose\//;

/**
 * Removes what killed workers and lost answers left behind in a day: unfinished uploads, and intermediate objects of
 * tables that are merged. Only for when nothing of the day is being written any more: a worker that was taken for dead
 * and writes all the same finds its upload gone, which is what it may find at any time.
 */
export async function dropLeftovers(input: DropLeftoversInput): Promise<DroppedLeftovers> {
  const { store, layout } = input;
  const call: CallOptions = input.signal === undefined ? {} : { signal: input.signal };
  const kept = input.unmerged.flatMap(({ table, version }) => {
    const keys = layout.version(version);
    return [keys.table(table), keys.composeOf(table)];
  });
  const isKept = (key: string) =>
    kept.some((begun) => key === begun || (begun.endsWith('/') && key.startsWith(begun)));
  let uploads = 0;
  for await (const upload of store.listUploads(layout.prefix, call)) {
    if (isKept(upload.key)) continue;
    await store.abortUpload(upload, call);
    uploads++;
  }
  let objects = 0;
  for await (const { key } of store.list(`${layout.prefix}v`, call)) {
    if (!INTERMEDIATE.test(key) || isKept(key)) continue;
    await store.delete(key, call);
    objects++;
  }
  return { uploads, objects };
}
