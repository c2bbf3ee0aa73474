import type { S3Client } from '@aws-sdk/client-s3';
import type { CallOptions } from '../object-store.js';
import { TIMEOUT_MS } from './s3-client.js';
import { type Subject, s3Failure } from './s3-failure.js';

/** What the parts of the S3 store share: the client, where the store lies in it, and how failures are told. */
export class S3Connection {
  constructor(
    readonly client: S3Client,
    readonly bucket: string,
    /** Empty, or ending in `/`. */
    readonly prefix: string,
    readonly url: string,
    readonly at: string,
  ) {}

  /** Bucket and key of an object of this store. */
  address(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  /** The store's key of a bucket key. */
  keyOf(bucketKey: string): string {
    return bucketKey.slice(this.prefix.length);
  }

  /** One call, with its failures as domain errors. */
  async call<T>(
    about: { key: string; writes?: boolean; uploadId?: string; kind?: keyof typeof TIMEOUT_MS },
    options: CallOptions,
    send: (client: S3Client, http: { abortSignal?: AbortSignal; requestTimeout: number }) => Promise<T>,
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    try {
      const http = {
        requestTimeout: TIMEOUT_MS[about.kind ?? 'look'],
        ...(signal ? { abortSignal: signal } : {}),
      };
      return await send(this.client, http);
    } catch (error) {
      throw this.failure(error, { ...about, signal });
    }
  }

  failure(
    error: unknown,
    about: { key: string; writes?: boolean; uploadId?: string; signal?: AbortSignal | undefined },
  ): unknown {
    const { key, writes = false, uploadId, signal } = about;
    const subject: Subject = {
      url: this.url,
      at: this.at,
      key,
      writes,
      signal,
      ...(uploadId ? { uploadId } : {}),
    };
    return s3Failure(error, subject);
  }
}
