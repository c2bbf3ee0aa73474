import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { CallOptions, ListOptions, ObjectInfo, Upload } from '../object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3Etag } from './values.js';

/** Keys that end in `/` are the folders that consoles draw, not objects of ours or a partner's. */
export async function* listObjects(
  s3: S3Connection,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectInfo> {
  let token: string | undefined;
  do {
    const page = await s3.call({ key: prefix }, options, (client, http) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: s3.bucket,
          Prefix: s3.prefix + prefix,
          EncodingType: 'url',
          ...(options.startAfter ? { StartAfter: s3.prefix + options.startAfter } : {}),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        http,
      ),
    );
    for (const object of page.Contents ?? []) {
      const bucketKey = decodeKey(object.Key ?? '', page.EncodingType);
      if (bucketKey === '' || bucketKey.endsWith('/')) continue;
      options.signal?.throwIfAborted();
      yield {
        key: s3.keyOf(bucketKey),
        bytes: object.Size ?? 0,
        etag: fromS3Etag(object.ETag),
        ...(object.LastModified ? { lastModified: object.LastModified } : {}),
      };
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

export async function* listUploads(
  s3: S3Connection,
  prefix: string,
  options: CallOptions,
): AsyncGenerator<Upload & { startedAt: Date }> {
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const from: { KeyMarker?: string; UploadIdMarker?: string } = marker;
    const page = await s3.call({ key: prefix }, options, (client, http) =>
      client.send(
        new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: s3.prefix + prefix, ...from }),
        http,
      ),
    );
    for (const upload of page.Uploads ?? []) {
      if (upload.Key === undefined || upload.UploadId === undefined) continue;
      yield {
        key: s3.keyOf(upload.Key),
        uploadId: upload.UploadId,
        crc32: upload.ChecksumAlgorithm === 'CRC32',
        startedAt: upload.Initiated ?? new Date(0),
      };
    }
    marker = page.IsTruncated
      ? {
          ...(page.NextKeyMarker ? { KeyMarker: page.NextKeyMarker } : {}),
          ...(page.NextUploadIdMarker ? { UploadIdMarker: page.NextUploadIdMarker } : {}),
        }
      : undefined;
  }
}

/** XML cannot carry control characters, so keys travel as in a URL's query, if the server knows how. */
function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
