import { z } from 'zod';
import { canonicalJson } from '../../config/rules-id.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectInfo, ObjectStore } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { UnreadableObjectError } from './unreadable-object.js';

/** Equal values, equal bytes; ends with LF. */
export function encodeJson(value: unknown): Buffer {
  return Buffer.from(`${canonicalJson(value)}\n`);
}

/** @throws ConflictError when the key holds another value */
export function writeJsonOnce(
  store: ObjectStore,
  key: string,
  value: unknown,
  options: CallOptions = {},
): Promise<ObjectInfo> {
  return putOnce(store, key, encodeJson(value), options);
}

/** `undefined` when there is no such object. @throws UnreadableObjectError when it is not JSON of this shape */
export async function readJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  options: CallOptions = {},
): Promise<T | undefined> {
  let bytes: Buffer;
  try {
    bytes = await store.getBytes(key, options);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
  return parseJson(key, bytes, schema);
}

/** @throws ObjectNotFoundError, UnreadableObjectError */
export async function requireJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  options: CallOptions = {},
): Promise<T> {
  const value = await readJson(store, key, schema, options);
  if (value === undefined) throw new ObjectNotFoundError(key);
  return value;
}

/** @throws UnreadableObjectError */
export function parseJson<T>(key: string, json: Buffer | string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json.toString());
  } catch (cause) {
    throw new UnreadableObjectError(key, 'not JSON', { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UnreadableObjectError(key, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}
