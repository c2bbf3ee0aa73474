import { z } from 'zod';
import { PreconditionFailedError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import { type ArchiveRef, archiveRefSchema } from '../archive-ref.js';
import { encodeJson, requireJson } from '../documents/json-object.js';

/** A bounded number of archives for one `extractSlice`, dealt into groups of one activity each. */
export const sliceSchema = z.object({
  format: z.literal(1),
  groups: z.array(z.array(archiveRefSchema)),
  /** Read although they are committed: segments of theirs have expired. */
  again: z.literal(true).optional(),
});
export type Slice = z.infer<typeof sliceSchema>;

export const SLICE_LIMITS = { archives: 2_000, bytes: 200 * 2 ** 30 } as const;
const GROUP_LIMITS = { archives: 32, bytes: 512 * 2 ** 20 } as const;
/** Small slices are still dealt into this many groups, so that several workers share them. */
const WANTED_GROUPS = 16;

/** The first archives that fit one slice, in the order given. */
export function fillSlice(archives: readonly ArchiveRef[]): ArchiveRef[] {
  const slice: ArchiveRef[] = [];
  let bytes = 0;
  for (const archive of archives) {
    if (slice.length === SLICE_LIMITS.archives) break;
    if (slice.length > 0 && bytes + archive.bytes > SLICE_LIMITS.bytes) break;
    slice.push(archive);
    bytes += archive.bytes;
  }
  return slice;
}

export function dealGroups(archives: readonly ArchiveRef[]): ArchiveRef[][] {
  const perGroup = Math.min(GROUP_LIMITS.archives, Math.max(1, Math.ceil(archives.length / WANTED_GROUPS)));
  const groups: ArchiveRef[][] = [];
  let group: ArchiveRef[] = [];
  let bytes = 0;
  for (const archive of archives) {
    if (group.length === perGroup || (group.length > 0 && bytes + archive.bytes > GROUP_LIMITS.bytes)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(archive);
    bytes += archive.bytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** The first writer wins: a repeat takes what its predecessor wrote, although it listed later. */
export async function writeSlice(store: ObjectStore, key: string, slice: Slice): Promise<Slice> {
  try {
    await store.put(key, encodeJson(slice), { ifNoneMatch: '*' });
    return slice;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    return readSlice(store, key);
  }
}

const recent = new Map<string, Slice>();

/** Slices never change, and every group of one is extracted by the same few workers: the newest are kept. */
export async function readSlice(store: ObjectStore, key: string): Promise<Slice> {
  let slice = recent.get(key);
  if (!slice) {
    slice = await requireJson(store, key, sliceSchema);
    if (recent.size >= 8) recent.delete(recent.keys().next().value!);
    recent.set(key, slice);
  }
  return slice;
}
