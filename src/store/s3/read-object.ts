import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3';
import { TerminalError } from '../../errors.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../errors.js';
import type { CallOptions, GetOptions, ObjectBody, ObjectInfo } from '../object-store.js';
import { resolveRange } from '../range.js';
import { type Body, type ResumePolicy, resumingBody } from './resuming-body.js';
import type { S3Connection } from './s3-connection.js';
import { s3ErrorName } from './s3-failure.js';
import { fromS3Crc32, fromS3Etag, startOf, toRangeHeader, toS3Etag, totalOf } from './values.js';

export async function headObject(
  s3: S3Connection,
  key: string,
  options: CallOptions,
): Promise<ObjectInfo | undefined> {
  try {
    const found = await s3.call({ key }, options, (client, http) =>
      client.send(new HeadObjectCommand({ ...s3.address(key), ChecksumMode: 'ENABLED' }), http),
    );
    // A composite checksum ("...-7") is one of the parts' checksums, not of the bytes.
    const crc32 = fromS3Crc32(found.ChecksumCRC32);
    return {
      key,
      bytes: found.ContentLength ?? 0,
      etag: fromS3Etag(found.ETag),
      ...(crc32 === undefined || found.ChecksumType === 'COMPOSITE' ? {} : { crc32 }),
      ...(found.LastModified ? { lastModified: found.LastModified } : {}),
    };
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

export async function getObject(
  s3: S3Connection,
  key: string,
  options: GetOptions,
  policy: ResumePolicy,
): Promise<ObjectBody> {
  const { range = { offset: 0 }, ifMatch, signal } = options;
  // HTTP has no range of no bytes, and none that begins at the end.
  if (range.length === 0) return emptyBody(s3, key, options);
  let response: GetObjectCommandOutput;
  try {
    response = await request(s3, key, range, ifMatch, options);
  } catch (error) {
    if (error instanceof RangeNotSatisfiable) return emptyBody(s3, key, options);
    throw error;
  }
  const info = describe(key, response);
  const wanted = resolveRange(info, range);
  const again = async (offset: number, length: number): Promise<Body> => {
    try {
      return (await request(s3, key, { offset, length }, info.etag, options)).Body as Body;
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      throw new PreconditionFailedError(key, 'the object was deleted while it was read');
    }
  };
  const chunks = resumingBody(response.Body as Body, wanted, again, policy, signal);
  return { info, stream: told(s3, key, chunks, signal) };
}

async function request(
  s3: S3Connection,
  key: string,
  range: { offset: number; length?: number },
  ifMatch: string | undefined,
  options: CallOptions,
): Promise<GetObjectCommandOutput> {
  const whole = range.offset === 0 && range.length === undefined;
  const response = await s3.call({ key }, options, async (client, http) => {
    try {
      return await client.send(
        new GetObjectCommand({
          ...s3.address(key),
          ...(whole ? {} : { Range: toRangeHeader(range.offset, range.length) }),
          ...(ifMatch === undefined ? {} : { IfMatch: toS3Etag(ifMatch) }),
        }),
        http,
      );
    } catch (error) {
      throw s3ErrorName(error) === 'InvalidRange' ? new RangeNotSatisfiable(`${key}: no such range`) : error;
    }
  });
  if (!whole && startOf(response.ContentRange) !== range.offset) {
    (response.Body as Body | undefined)?.destroy?.();
    throw new TerminalError(
      `${key}: the server answered a range request with other bytes (${response.ContentRange})`,
    );
  }
  return response;
}

/** Failures while the body streams are told like those of a call. */
async function* told(
  s3: S3Connection,
  key: string,
  chunks: AsyncGenerator<Buffer>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw s3.failure(error, { key, signal });
  }
}

async function emptyBody(s3: S3Connection, key: string, options: GetOptions): Promise<ObjectBody> {
  const info = await headObject(s3, key, options);
  if (info === undefined) throw new ObjectNotFoundError(key);
  if (options.ifMatch !== undefined && options.ifMatch !== info.etag) {
    throw new PreconditionFailedError(key, `ETag is ${info.etag}, expected ${options.ifMatch}`);
  }
  resolveRange(info, options.range);
  return { info, stream: (async function* () {})() };
}

function describe(key: string, response: GetObjectCommandOutput): ObjectInfo {
  return {
    key,
    bytes: totalOf(response.ContentRange) ?? response.ContentLength ?? 0,
    etag: fromS3Etag(response.ETag),
    ...(response.LastModified ? { lastModified: response.LastModified } : {}),
  };
}

class RangeNotSatisfiable extends TerminalError {}
