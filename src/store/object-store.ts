/**
 * The one interface between Partnerday and where bytes live. Two implementations (`file://`, `s3://`) pass the
 * same contract suite. Keys are `/`-separated UTF-8 strings relative to the store's root; they never start with `/`.
 */
export interface ObjectStore {
  /** As the user wrote it: `file:///data` or `s3://bucket/prefix`. */
  readonly url: string;
  readonly limits: MultipartLimits;

  /** Throws StoreUnreachableError when the root (directory, bucket) cannot be read. */
  check(): Promise<void>;
  /** `undefined` when there is no such object. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined>;
  /**
   * The object's bytes as a stream. The stream resumes by itself after a broken body (ranged re-read pinned to the
   * first response's ETag); if the object was replaced meanwhile it fails with PreconditionFailedError.
   * @throws ObjectNotFoundError, PreconditionFailedError
   */
  get(key: string, options?: GetOptions): Promise<ObjectBody>;
  /** Whole object (or range) in memory; for small objects. @throws ObjectNotFoundError */
  getBytes(key: string, options?: GetOptions): Promise<Buffer>;
  /**
   * One atomic write. Never overwrites by accident: a condition is required.
   * @throws PreconditionFailedError when the condition does not hold
   */
  put(key: string, body: Uint8Array, condition: WriteCondition, options?: CallOptions): Promise<ObjectInfo>;
  /** All objects below `prefix`, in UTF-8 byte order of key, whatever their number. In-progress temp files are invisible. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>;
  /** Deleting what is not there is not an error. */
  delete(key: string, options?: CallOptions): Promise<void>;

  createUpload(key: string, options?: CallOptions & { crc32?: boolean }): Promise<Upload>;
  /**
   * Parts are numbered from 1. Uploading a number again replaces that part. `crc32`: of the body, where the caller
   * knows it; S3 compares it with what arrived, the file store takes it as said.
   */
  uploadPart(
    upload: Upload,
    part: number,
    body: PartBody,
    options?: CallOptions & { crc32?: number },
  ): Promise<UploadedPart>;
  /** Server-side copy of `source.length` bytes; the store never sends them to us. @throws PreconditionFailedError when the source's ETag differs */
  copyPart(upload: Upload, part: number, source: CopySource, options?: CallOptions): Promise<UploadedPart>;
  listParts(upload: Upload, options?: CallOptions): Promise<UploadedPart[]>;
  /**
   * Makes the object visible, atomically. With `crc32` the store checks (or we check) the CRC32 of the whole.
   * A repeat succeeds: an object that is there already with the same size and the expected CRC32 is the result.
   * `onProgress` hears the bytes done so far where completing takes time (the file store copies here).
   * @throws PreconditionFailedError when the object exists (ifNoneMatch), ChecksumMismatchError, UploadGoneError
   */
  completeUpload(upload: Upload, parts: UploadedPart[], options?: CompleteOptions): Promise<ObjectInfo>;
  abortUpload(upload: Upload, options?: CallOptions): Promise<void>;
  listUploads(prefix: string, options?: CallOptions): AsyncIterable<Upload & { startedAt: Date }>;
  close(): Promise<void>;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface GetOptions extends CallOptions {
  /** Bytes `[offset, offset + length)`; `length` omitted = to the end. */
  range?: { offset: number; length?: number };
  /** Pin the version: another ETag is PreconditionFailedError. */
  ifMatch?: string;
  /** A chunk is needed only until the next is asked for: the store may use its memory again. Default false. */
  reuse?: boolean;
}

export interface ListOptions extends CallOptions {
  /** Strictly after this key. */
  startAfter?: string;
}

export interface CompleteOptions extends CallOptions {
  ifNoneMatch?: '*';
  /** The expected CRC32 of the whole. */
  crc32?: number;
  onProgress?: (bytes: number) => void;
}

/** `create`: only if absent. `replace`: only if the current ETag is this one. */
export type WriteCondition = { ifNoneMatch: '*' } | { ifMatch: string };

export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Opaque; no quotes. Changes when the content changes. */
  readonly etag: string;
  /** CRC32 of the whole object where the store knows it (unsigned). */
  readonly crc32?: number;
  readonly lastModified?: Date;
}

export interface ObjectBody {
  readonly info: ObjectInfo;
  /** Chunks of any size, never empty. */
  readonly stream: AsyncIterable<Buffer>;
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
  /** Whether the upload asks for a CRC32 of the whole. */
  readonly crc32: boolean;
}

/** Bytes in one piece or in several. They must not change before the call has ended. */
export type PartBody = Uint8Array | readonly Uint8Array[];

export interface UploadedPart {
  readonly part: number;
  readonly bytes: number;
  readonly etag: string;
  /** CRC32 of the part where the store reports it. */
  readonly crc32?: number;
}

export interface CopySource {
  readonly key: string;
  readonly etag: string;
  readonly offset: number;
  readonly length: number;
}

/** What a multipart upload must obey. S3: 5 MiB, 5 GiB, 10,000, and a copy source of a range must be > 5 MB. */
export interface MultipartLimits {
  readonly minPartBytes: number;
  readonly maxPartBytes: number;
  readonly maxParts: number;
  readonly minCopySourceBytes: number;
  readonly maxObjectBytes: number;
}
