import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { TerminalError } from '../../errors.js';
import { crc32 } from '../crc32.js';
import { UploadGoneError } from '../errors.js';
import { validateKey, validatePrefix } from '../key.js';
import { requirePartNumber, requireWithinLimits } from '../limits.js';
import type {
  CallOptions,
  CompleteOptions,
  CopySource,
  GetOptions,
  ListOptions,
  MultipartLimits,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  PartBody,
  Upload,
  UploadedPart,
  WriteCondition,
} from '../object-store.js';
import { completeS3Upload } from './complete-s3-upload.js';
import { listObjects, listUploads } from './list-objects.js';
import { getObject, headObject } from './read-object.js';
import { collect, readWhole } from './read-whole.js';
import { DEFAULT_RESUME, type ResumePolicy } from './resuming-body.js';
import { createS3Client } from './s3-client.js';
import { S3Connection } from './s3-connection.js';
import { copyPart, listParts, uploadPart } from './upload-parts.js';
import { deleteObject, putObject } from './write-object.js';

export interface S3StoreOptions {
  readonly bucket: string;
  /** Everything lies below it, without slashes at its ends. Default: the whole bucket. */
  readonly prefix?: string;
  /** For servers other than AWS. */
  readonly endpoint?: string;
  /** Region and credentials. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** As the user wrote it. Default `s3://{bucket}/{prefix}`. */
  readonly url?: string;
  readonly limits?: Partial<MultipartLimits>;
  readonly resume?: Partial<ResumePolicy>;
  /** Who takes the CRC32 of a composed object: the store where it can (default), or we, by reading it back. */
  readonly verify?: 'store' | 'read';
  readonly maxSockets?: number;
}

const MiB = 1024 * 1024;

/** What S3 promises; a source of exactly 5 MB may not be copied by range. */
const LIMITS: MultipartLimits = {
  minPartBytes: 5 * MiB,
  maxPartBytes: 5 * 1024 * MiB,
  maxParts: 10_000,
  minCopySourceBytes: 5 * MiB + 1,
  maxObjectBytes: 5 * 1024 * 1024 * MiB,
};

/** Objects in an S3 bucket, or below a prefix of one. */
export class S3Store implements ObjectStore {
  readonly url: string;
  readonly limits: MultipartLimits;
  readonly #s3: S3Connection;
  readonly #resume: ResumePolicy;
  readonly #verify: 'store' | 'read';

  constructor(options: S3StoreOptions) {
    const { bucket, prefix = '', endpoint, env = process.env } = options;
    if (prefix !== '') validateKey(prefix);
    this.url = options.url ?? `s3://${bucket}${prefix && `/${prefix}`}`;
    this.limits = { ...LIMITS, ...options.limits };
    this.#resume = { ...DEFAULT_RESUME, ...options.resume };
    this.#verify = options.verify ?? 'store';
    const client = createS3Client({
      env,
      ...(endpoint ? { endpoint } : {}),
      ...(options.maxSockets ? { maxSockets: options.maxSockets } : {}),
    });
    this.#s3 = new S3Connection(client, bucket, prefix && `${prefix}/`, this.url, endpoint ?? 'AWS S3');
  }

  async check(): Promise<void> {
    const { bucket, prefix } = this.#s3;
    await this.#s3.call({ key: '' }, {}, (client, http) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }), http),
    );
  }

  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo | undefined> {
    validateKey(key);
    return headObject(this.#s3, key, options);
  }

  async get(key: string, options: GetOptions = {}): Promise<ObjectBody> {
    validateKey(key);
    return getObject(this.#s3, key, options, this.#resume);
  }

  async getBytes(key: string, options: GetOptions = {}): Promise<Buffer> {
    if (options.range !== undefined) return collect(await this.get(key, options));
    return readWhole(key, (etag) =>
      this.get(key, etag === undefined ? options : { ...options, ifMatch: etag }),
    );
  }

  async put(
    key: string,
    body: Uint8Array,
    condition: WriteCondition,
    options: CallOptions = {},
  ): Promise<ObjectInfo> {
    validateKey(key);
    return putObject(this.#s3, key, body, condition, options, (info) => this.#readBack(info, options));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    validatePrefix(prefix);
    yield* listObjects(this.#s3, prefix, options);
  }

  async delete(key: string, options: CallOptions = {}): Promise<void> {
    validateKey(key);
    return deleteObject(this.#s3, key, options);
  }

  async createUpload(key: string, options: CallOptions & { crc32?: boolean } = {}): Promise<Upload> {
    validateKey(key);
    const wantsCrc32 = options.crc32 ?? false;
    const created = await this.#s3.call({ key, writes: true }, options, (client, http) =>
      client.send(
        new CreateMultipartUploadCommand({
          ...this.#s3.address(key),
          ...(wantsCrc32 ? { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } : {}),
        }),
        http,
      ),
    );
    if (!created.UploadId) throw new TerminalError(`${key}: the store answered without an upload id`);
    return { key, uploadId: created.UploadId, crc32: wantsCrc32 };
  }

  async uploadPart(
    upload: Upload,
    part: number,
    body: PartBody,
    options: CallOptions & { crc32?: number } = {},
  ): Promise<UploadedPart> {
    requirePartNumber(upload.key, part, this.limits);
    // In one piece, so that the client can send it again.
    const whole = body instanceof Uint8Array ? body : Buffer.concat(body);
    return uploadPart(this.#s3, upload, part, whole, options);
  }

  async copyPart(
    upload: Upload,
    part: number,
    source: CopySource,
    options: CallOptions = {},
  ): Promise<UploadedPart> {
    validateKey(source.key);
    requirePartNumber(upload.key, part, this.limits);
    return copyPart(this.#s3, upload, part, source, options);
  }

  async listParts(upload: Upload, options: CallOptions = {}): Promise<UploadedPart[]> {
    return listParts(this.#s3, upload, options);
  }

  async completeUpload(
    upload: Upload,
    parts: UploadedPart[],
    options: CompleteOptions = {},
  ): Promise<ObjectInfo> {
    requireWithinLimits(upload.key, parts, this.limits);
    const info = await completeS3Upload(this.#s3, upload, parts, options, this.#verify, (found) =>
      this.#readBack(found, options),
    );
    options.onProgress?.(info.bytes);
    return info;
  }

  async abortUpload(upload: Upload, options: CallOptions = {}): Promise<void> {
    const { key, uploadId } = upload;
    await this.#s3
      .call({ key, uploadId, writes: true }, options, (client, http) =>
        client.send(new AbortMultipartUploadCommand({ ...this.#s3.address(key), UploadId: uploadId }), http),
      )
      .catch((error: unknown) => {
        if (!(error instanceof UploadGoneError)) throw error;
      });
  }

  async *listUploads(
    prefix: string,
    options: CallOptions = {},
  ): AsyncGenerator<Upload & { startedAt: Date }> {
    validatePrefix(prefix);
    yield* listUploads(this.#s3, prefix, options);
  }

  async close(): Promise<void> {
    this.#s3.client.destroy();
  }

  async #readBack(info: ObjectInfo, options: CallOptions): Promise<number> {
    const { stream } = await this.get(info.key, { ...options, ifMatch: info.etag });
    let crc = 0;
    for await (const chunk of stream) crc = crc32(chunk, crc);
    return crc;
  }
}
