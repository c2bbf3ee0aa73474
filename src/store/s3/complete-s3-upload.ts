import { setTimeout as sleep } from 'node:timers/promises';
import { CompleteMultipartUploadCommand } from '@aws-sdk/client-s3';
import { TerminalError } from '../../errors.js';
import {
  ChecksumMismatchError,
  PreconditionFailedError,
  StoreWriteError,
  UploadGoneError,
} from '../errors.js';
import type { CompleteOptions, ObjectInfo, Upload, UploadedPart } from '../object-store.js';
import { headObject } from './read-object.js';
import type { S3Connection } from './s3-connection.js';
import { s3ErrorName } from './s3-failure.js';
import { toS3Crc32, toS3Etag } from './values.js';
import { deleteObject, retryConflicts } from './write-object.js';

const LOOKS = 5;
const LOOK_AGAIN_MS = 50;

/** CRC32 of a stored object, by reading it. */
export type ReadBack = (info: ObjectInfo) => Promise<number>;

/**
 * Completes, then looks at what is there: an answer can be lost, and "200" can carry an error in its body. What the
 * store holds under the key decides.
 */
export async function completeS3Upload(
  s3: S3Connection,
  upload: Upload,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
  verify: 'store' | 'read',
  readBack: ReadBack,
): Promise<ObjectInfo> {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  let failure: unknown;
  try {
    await send(s3, upload, parts, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isDoubtful(error)) throw error;
    failure = error;
  }
  const { crc32: expected } = options;
  const info = await settledHead(s3, upload.key, failure, options);
  const sameSize = info !== undefined && info.bytes === bytes;
  const actual = sameSize && expected !== undefined ? await crc32Of(info, verify, readBack) : undefined;
  if (failure !== undefined) {
    // Only proof counts here: without an expected CRC32, an object of the same size may be anybody's.
    if (sameSize && expected !== undefined && actual === expected) return { ...info, crc32: actual };
    throw failure;
  }
  if (!sameSize) {
    const found = info === undefined ? 'has no such object' : `holds ${info.bytes} bytes instead of ${bytes}`;
    throw new StoreWriteError(upload.key, `the store reported success but ${found}`);
  }
  if (actual === expected) return { ...info, ...(actual === undefined ? {} : { crc32: actual }) };
  // What this call created is not left standing; what it replaced is gone in any case.
  if (options.ifNoneMatch !== undefined) await deleteObject(s3, upload.key, options);
  throw new ChecksumMismatchError(upload.key, expected!, actual);
}

async function send(
  s3: S3Connection,
  upload: Upload,
  parts: readonly UploadedPart[],
  options: CompleteOptions,
): Promise<void> {
  const { key, uploadId } = upload;
  const command = new CompleteMultipartUploadCommand({
    ...s3.address(key),
    UploadId: uploadId,
    MultipartUpload: {
      Parts: parts.map((part) => ({
        PartNumber: part.part,
        ETag: toS3Etag(part.etag),
        ...(upload.crc32 && part.crc32 !== undefined ? { ChecksumCRC32: toS3Crc32(part.crc32) } : {}),
      })),
    },
    ...(options.ifNoneMatch ? { IfNoneMatch: options.ifNoneMatch } : {}),
    ...(upload.crc32 ? { ChecksumType: 'FULL_OBJECT' as const } : {}),
    ...(upload.crc32 && options.crc32 !== undefined ? { ChecksumCRC32: toS3Crc32(options.crc32) } : {}),
  });
  await s3.call({ key, uploadId, writes: true, kind: 'complete' }, options, async (client, http) => {
    try {
      await retryConflicts(options, () => client.send(command, http));
    } catch (error) {
      const name = s3ErrorName(error);
      if (name === 'BadDigest' && options.crc32 !== undefined)
        throw new ChecksumMismatchError(key, options.crc32);
      // After such a conflict the store wants a new upload.
      if (name === 'ConditionalRequestConflict') throw new UploadGoneError(key, uploadId);
      throw error;
    }
  });
}

/** Refusals that say nothing about the object: an earlier try of this call may have succeeded. */
function isDoubtful(error: unknown): boolean {
  if (error instanceof ChecksumMismatchError) return false;
  return !(error instanceof TerminalError) || error instanceof PreconditionFailedError;
}

/** Another worker that completes the same upload may be a moment from its end: then the object is about to appear. */
async function settledHead(
  s3: S3Connection,
  key: string,
  failure: unknown,
  options: CompleteOptions,
): Promise<ObjectInfo | undefined> {
  const patient = failure === undefined || failure instanceof UploadGoneError;
  for (let look = 1; ; look++) {
    const info = await headObject(s3, key, options);
    if (info !== undefined || !patient || look === LOOKS) return info;
    await sleep(LOOK_AGAIN_MS * look);
    options.signal?.throwIfAborted();
  }
}

async function crc32Of(info: ObjectInfo, verify: 'store' | 'read', readBack: ReadBack): Promise<number> {
  return verify === 'store' && info.crc32 !== undefined ? info.crc32 : readBack(info);
}
