import { ListPartsCommand, UploadPartCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { crc32 } from '../crc32.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../errors.js';
import type { CallOptions, CopySource, Upload, UploadedPart } from '../object-store.js';
import type { S3Connection } from './s3-connection.js';
import { s3ErrorName } from './s3-failure.js';
import { fromS3Crc32, fromS3Etag, toCopySource, toRangeHeader, toS3Crc32, toS3Etag } from './values.js';

export async function uploadPart(
  s3: S3Connection,
  upload: Upload,
  part: number,
  body: Uint8Array,
  options: CallOptions & { crc32?: number },
): Promise<UploadedPart> {
  const crc = options.crc32 ?? crc32(body);
  const { key, uploadId } = upload;
  const sent = await s3.call({ key, uploadId, writes: true, kind: 'send' }, options, (client, http) =>
    client.send(
      new UploadPartCommand({
        ...s3.address(key),
        UploadId: uploadId,
        PartNumber: part,
        Body: body,
        ContentLength: body.byteLength,
        ...(upload.crc32 ? { ChecksumCRC32: toS3Crc32(crc) } : {}),
      }),
      http,
    ),
  );
  return { part, bytes: body.byteLength, etag: fromS3Etag(sent.ETag), crc32: crc };
}

/** Repeated by the SDK, also when the answer is 200 with an error in its body. */
export async function copyPart(
  s3: S3Connection,
  upload: Upload,
  part: number,
  source: CopySource,
  options: CallOptions,
): Promise<UploadedPart> {
  const { key, uploadId } = upload;
  const copied = await s3.call(
    { key, uploadId, writes: true, kind: 'copy' },
    options,
    async (client, http) => {
      try {
        return await client.send(
          new UploadPartCopyCommand({
            ...s3.address(key),
            UploadId: uploadId,
            PartNumber: part,
            CopySource: toCopySource(s3.bucket, s3.prefix + source.key),
            CopySourceIfMatch: toS3Etag(source.etag),
            CopySourceRange: toRangeHeader(source.offset, source.length),
          }),
          http,
        );
      } catch (error) {
        const name = s3ErrorName(error);
        if (name === 'PreconditionFailed') {
          throw new PreconditionFailedError(
            source.key,
            `the object is not the one with ETag ${source.etag} any more`,
          );
        }
        if (name === 'NoSuchKey') throw new ObjectNotFoundError(source.key);
        throw error;
      }
    },
  );
  const crc = fromS3Crc32(copied.CopyPartResult?.ChecksumCRC32);
  return {
    part,
    bytes: source.length,
    etag: fromS3Etag(copied.CopyPartResult?.ETag),
    ...(crc === undefined ? {} : { crc32: crc }),
  };
}

export async function listParts(
  s3: S3Connection,
  upload: Upload,
  options: CallOptions,
): Promise<UploadedPart[]> {
  const { key, uploadId } = upload;
  const parts: UploadedPart[] = [];
  let marker: string | undefined;
  do {
    const page = await s3.call({ key, uploadId }, options, (client, http) =>
      client.send(
        new ListPartsCommand({
          ...s3.address(key),
          UploadId: uploadId,
          ...(marker === undefined ? {} : { PartNumberMarker: marker }),
        }),
        http,
      ),
    );
    for (const part of page.Parts ?? []) {
      const crc = fromS3Crc32(part.ChecksumCRC32);
      parts.push({
        part: part.PartNumber ?? 0,
        bytes: part.Size ?? 0,
        etag: fromS3Etag(part.ETag),
        ...(crc === undefined ? {} : { crc32: crc }),
      });
    }
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return parts;
}
