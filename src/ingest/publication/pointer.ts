import { TerminalError } from '../../errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readVersionedJson, writeVersionedJson } from '../documents/versioned-json.js';
import type { PartnerDayLayout } from '../layout.js';
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
  const read = await readVersionedJson(store, layout.published, publicationSchema, options);
  return read && { publication: read.value, etag: read.etag };
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
  const etag = await writeVersionedJson(store, layout.published, publication, current, options);
  return etag !== undefined;
}
