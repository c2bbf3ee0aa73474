import { crc32 } from './crc32.js';
import { ConflictError, PreconditionFailedError } from './errors.js';
import type { CallOptions, ObjectInfo, ObjectStore } from './object-store.js';

/**
 * Writes an object under its deterministic key, once. A repeat with the same bytes is a success and returns what is
 * there; whatever else is there stays.
 * @throws ConflictError when the key holds other content
 */
export async function putOnce(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
  options: CallOptions = {},
): Promise<ObjectInfo> {
  try {
    return await store.put(key, bytes, { ifNoneMatch: '*' }, options);
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const existing = await store.head(key, options);
    // Deleted between our write and this look: the write was refused for a reason that is gone.
    if (existing === undefined) return store.put(key, bytes, { ifNoneMatch: '*' }, options);
    await requireSameContent(store, existing, bytes, options);
    return existing;
  }
}

async function requireSameContent(
  store: ObjectStore,
  existing: ObjectInfo,
  bytes: Uint8Array,
  options: CallOptions,
): Promise<void> {
  const { key } = existing;
  if (existing.bytes !== bytes.byteLength) {
    throw new ConflictError(key, `${existing.bytes} bytes there, ${bytes.byteLength} to be written`);
  }
  const ours = crc32(bytes);
  const theirs = existing.crc32 ?? crc32(await store.getBytes(key, { ...options, ifMatch: existing.etag }));
  if (theirs !== ours) throw new ConflictError(key, 'same size, other CRC32');
}
