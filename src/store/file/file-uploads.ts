import { TerminalError } from '../../errors.js';
import { ObjectNotFoundError } from '../errors.js';
import { requirePartNumber } from '../limits.js';
import type {
  CompleteOptions,
  CopySource,
  MultipartLimits,
  ObjectInfo,
  PartBody,
  Upload,
  UploadedPart,
} from '../object-store.js';
import { completeFileUpload } from './complete-file-upload.js';
import { requireCondition } from './condition.js';
import type { ContentRecords } from './content-record.js';
import type { ObjectFiles } from './object-file.js';
import { readRange } from './read-range.js';
import type { Staging } from './staged-file.js';
import { TRANSFER_BYTES } from './transfer-memory.js';
import type { Tree } from './tree.js';
import type { UploadDirectories } from './upload-directory.js';

/**
 * Multipart uploads of a file store. An upload whose parts were sent in order is written once; any other is copied
 * once when it is completed.
 */
export class FileUploads {
  constructor(
    readonly tree: Tree,
    readonly records: ContentRecords,
    readonly objects: ObjectFiles,
    readonly staging: Staging,
    readonly directories: UploadDirectories,
    readonly limits: MultipartLimits,
  ) {}

  async create(key: string, wantsCrc32: boolean): Promise<Upload> {
    // Fails now rather than after hours of copying when the object could never be linked.
    await this.tree.makeParent(key);
    return this.directories.create(key, wantsCrc32);
  }

  async send(upload: Upload, part: number, body: PartBody, crc32: number | undefined): Promise<UploadedPart> {
    requirePartNumber(upload.key, part, this.limits);
    return this.directories.addBytes(upload, part, body instanceof Uint8Array ? [body] : body, crc32);
  }

  async copy(upload: Upload, part: number, source: CopySource): Promise<UploadedPart> {
    requirePartNumber(upload.key, part, this.limits);
    const { key, etag, offset, length } = source;
    const info = this.objects.find(key)?.info;
    if (info === undefined) throw new ObjectNotFoundError(key);
    requireCondition(key, info, { ifMatch: etag });
    if (length <= 0 || offset < 0 || offset + length > info.bytes) {
      throw new TerminalError(
        `${key}: cannot copy ${length} bytes from ${offset}; the object has ${info.bytes} bytes`,
      );
    }
    const least = this.limits.minCopySourceBytes;
    if (info.bytes < least) {
      throw new TerminalError(
        `${key}: ${info.bytes} bytes; a copied range needs a source of ${least} or more`,
      );
    }
    return this.directories.addCopy(upload, part, source, () => this.#read(source));
  }

  async *#read({ key, etag, offset, length }: CopySource): AsyncGenerator<Uint8Array> {
    const opened = await this.objects.open(key, { ifMatch: etag, bytes: length });
    yield* readRange(opened, { key, offset, length, chunkBytes: TRANSFER_BYTES, reuse: true });
  }

  async parts(upload: Upload): Promise<UploadedPart[]> {
    const parts = await this.directories.parts(upload);
    return parts.map(({ part, bytes, etag, crc32 }) => ({
      part,
      bytes,
      etag,
      ...(crc32 === undefined ? {} : { crc32 }),
    }));
  }

  complete(upload: Upload, parts: readonly UploadedPart[], options: CompleteOptions): Promise<ObjectInfo> {
    return completeFileUpload(this, upload, parts, options);
  }

  abort(upload: Upload): Promise<void> {
    return this.directories.remove(upload);
  }

  list(prefix: string): AsyncGenerator<Upload & { startedAt: Date }> {
    return this.directories.list(prefix);
  }

  close(): Promise<void> {
    return this.directories.close();
  }
}
