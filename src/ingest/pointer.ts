import { TerminalError } from '../errors.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../store/errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { encodeJson, parseJson } from './json-object.js';
import type { PartnerDayLayout } from './layout.js';
import { type Publication, publicationSchema } from './publication.js';

export interface Pointer {
  publication: Publication;
  /** What a replacement must name. */
  etag: string;
}

/** `undefined` while nothing of the day is published. @throws UnreadableObjectError */
export async function readPointer(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<Pointer | undefined> {
  const key = layout.published;
  const info = await store.head(key, options);
  if (info === undefined) return undefined;
  try {
    const bytes = await store.getBytes(key, { ...options, ifMatch: info.etag });
    return { publication: parseJson(key, bytes, publicationSchema), etag: info.etag };
  } catch (error) {
    // Switched between the two calls.
    if (error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError) {
      return readPointer(store, layout, options);
    }
    throw error;
  }
}

export class NotPublishedError extends TerminalError {}

/** @throws NotPublishedError */
export async function requirePublication(
  store: ObjectStore,
  layout: PartnerDayLayout,
  options: CallOptions = {},
): Promise<Publication> {
  const pointer = await readPointer(store, layout, options);
  if (pointer) return pointer.publication;
  throw new NotPublishedError(`nothing of ${layout.partner} ${layout.date} is published yet`);
}

/** One conditional write. `false`: somebody else switched since `current` was read, and nothing was changed. */
export async function switchPointer(
  store: ObjectStore,
  layout: PartnerDayLayout,
  current: Pointer | undefined,
  publication: Publication,
  options: CallOptions = {},
): Promise<boolean> {
  const condition = current === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: current.etag };
  try {
    await store.put(layout.published, encodeJson(publication), condition, options);
    return true;
  } catch (error) {
    if (error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError) return false;
    throw error;
  }
}
