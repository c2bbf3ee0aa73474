import { z } from 'zod';
import { PreconditionFailedError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import { archiveRefSchema } from '../archive-ref.js';
import { encodeJson, requireJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';

/** An archive that could not be read in any of its tries. It has no manifest; the next run of the day tries it again. */
export const unreadSchema = z.object({
  archive: archiveRefSchema,
  type: z.string(),
  error: z.string(),
  transient: z.boolean(),
});
export type Unread = z.infer<typeof unreadSchema>;

const SLICE_KEY = /slices\/([^/]+)\/(\d+)\.json$/;

/** The first record of an archive stands: a repeat with another message changes nothing. */
export async function recordUnread(
  store: ObjectStore,
  layout: PartnerDayLayout,
  sliceKey: string,
  group: number,
  position: number,
  unread: Unread,
): Promise<void> {
  const [, runId, slice] = SLICE_KEY.exec(sliceKey)!;
  const key = layout.unread(runId!, Number(slice), group, position);
  try {
    await store.put(key, encodeJson(unread), { ifNoneMatch: '*' });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}

export async function readUnread(
  store: ObjectStore,
  layout: PartnerDayLayout,
  runId: string,
): Promise<Unread[]> {
  const unread: Unread[] = [];
  for await (const { key } of store.list(layout.unreadPrefix(runId))) {
    unread.push(await requireJson(store, key, unreadSchema));
  }
  return unread;
}
