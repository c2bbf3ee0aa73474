import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { crc32 } from '../crc32.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../errors.js';
import type { CallOptions, ObjectInfo, WriteCondition } from '../object-store.js';
import { headObject } from './read-object.js';
import type { S3Connection } from './s3-connection.js';
import { s3ErrorName, tries } from './s3-failure.js';
import { fromS3Etag, toS3Etag } from './values.js';

/** A conflict says that another writer is at work right now, not that it won. */
const CONFLICT_TRIES = 8;
const CONFLICT_BACKOFF_MS = 50;

export async function putObject(
  s3: S3Connection,
  key: string,
  body: Uint8Array,
  condition: WriteCondition,
  options: CallOptions,
  readBack: (info: ObjectInfo) => Promise<number>,
): Promise<ObjectInfo> {
  let tried = 0;
  try {
    const written = await s3.call({ key, writes: true, kind: 'send' }, options, (client, http) =>
      retryConflicts(options, async () => {
        try {
          return await client.send(
            new PutObjectCommand({
              ...s3.address(key),
              Body: body,
              ContentLength: body.byteLength,
              ...('ifMatch' in condition ? { IfMatch: toS3Etag(condition.ifMatch) } : { IfNoneMatch: '*' }),
            }),
            http,
          );
        } catch (error) {
          tried += tries(error);
          throw error;
        }
      }),
    );
    return { key, bytes: body.byteLength, etag: fromS3Etag(written.ETag) };
  } catch (error) {
    if (error instanceof ObjectNotFoundError) {
      throw new PreconditionFailedError(key, 'there is no such object to replace');
    }
    if (!(error instanceof PreconditionFailedError) || tried <= 1) throw error;
    // An earlier try may have written the object and lost the answer; then the later one met our own write.
    const existing = await headObject(s3, key, options);
    if (existing === undefined || !(await isSame(existing, body, readBack))) throw error;
    return existing;
  }
}

export async function deleteObject(s3: S3Connection, key: string, options: CallOptions): Promise<void> {
  try {
    await s3.call({ key, writes: true }, options, (client, http) =>
      client.send(new DeleteObjectCommand(s3.address(key)), http),
    );
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError)) throw error;
  }
}

/** Repeats what the store refuses with 409 because of a concurrent write. */
export async function retryConflicts<T>(options: CallOptions, write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (s3ErrorName(error) !== 'ConditionalRequestConflict' || attempt === CONFLICT_TRIES) throw error;
      const { signal } = options;
      await sleep(
        CONFLICT_BACKOFF_MS * 2 ** attempt * (0.5 + Math.random()),
        undefined,
        signal ? { signal } : {},
      );
    }
  }
}

async function isSame(
  existing: ObjectInfo,
  body: Uint8Array,
  readBack: (info: ObjectInfo) => Promise<number>,
): Promise<boolean> {
  if (existing.bytes !== body.byteLength) return false;
  if (existing.etag === createHash('md5').update(body).digest('hex')) return true;
  return (existing.crc32 ?? (await readBack(existing))) === crc32(body);
}
