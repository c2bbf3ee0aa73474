import type { z } from 'zod';
import { ObjectNotFoundError, PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { encodeJson, parseJson } from './json-object.js';

/** A document that changes, as it was when it had this ETag. */
export interface VersionedJson<T> {
  value: T;
  /** What a replacement must name. */
  etag: string;
}

/** `undefined` when there is no such object. @throws UnreadableObjectError when it is not JSON of this shape */
export async function readVersionedJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  options: CallOptions = {},
): Promise<VersionedJson<T> | undefined> {
  const info = await store.head(key, options);
  if (info === undefined) return undefined;
  try {
    const bytes = await store.getBytes(key, { ...options, ifMatch: info.etag });
    return { value: parseJson(key, bytes, schema), etag: info.etag };
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    // Replaced between the two calls.
    return readVersionedJson(store, key, schema, options);
  }
}

/**
 * One conditional write. Returns the new ETag; `undefined`: somebody else has written since `before` was read, and
 * nothing was changed.
 */
export async function writeVersionedJson(
  store: ObjectStore,
  key: string,
  value: unknown,
  before: { readonly etag: string } | undefined,
  options: CallOptions = {},
): Promise<string | undefined> {
  const condition = before === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: before.etag };
  try {
    return (await store.put(key, encodeJson(value), condition, options)).etag;
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return undefined;
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError;
}
