import { lstatSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { crc32 } from '../crc32.js';
import { validatePrefix } from '../key.js';
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
import { resolveRange } from '../range.js';
import { writeAll } from './concatenate.js';
import { requireCondition } from './condition.js';
import { ContentRecords } from './content-record.js';
import { FileUploads } from './file-uploads.js';
import { Generations } from './generations.js';
import { listFiles } from './list-files.js';
import { ObjectFiles } from './object-file.js';
import { linkNew, publish } from './publish.js';
import { readRange } from './read-range.js';
import { Staging } from './staged-file.js';
import { TRANSFER_BYTES } from './transfer-memory.js';
import { Tree } from './tree.js';
import { UploadDirectories } from './upload-directory.js';
import { asReadError, asWriteError } from './write-error.js';

export interface FileStoreOptions {
  /** Absolute directory; it must exist. */
  readonly root: string;
  /** Sync every file and directory entry before a write counts as done: survives power loss. Default false. */
  readonly fsync?: boolean;
  /** As the user wrote it. Default `file://{root}`. */
  readonly url?: string;
  readonly limits?: Partial<MultipartLimits>;
  /** Size of the chunks `get` streams. Default and most: 512 KiB. */
  readonly chunkBytes?: number;
}

const LIMITS: MultipartLimits = {
  minPartBytes: 1,
  maxPartBytes: Number.MAX_SAFE_INTEGER,
  maxParts: 100_000,
  minCopySourceBytes: 1,
  maxObjectBytes: Number.MAX_SAFE_INTEGER,
};

/**
 * Objects as plain files on one machine's local disk, at their key's path below the root; whatever a partner lands
 * there is an object, too. Several processes may use one root. The file system must know hard and symbolic links.
 */
export class FileStore implements ObjectStore {
  readonly url: string;
  readonly limits: MultipartLimits;
  readonly #chunkBytes: number;
  readonly #tree: Tree;
  readonly #generations: Generations;
  readonly #records: ContentRecords;
  readonly #objects: ObjectFiles;
  readonly #staging: Staging;
  readonly #uploads: FileUploads;

  constructor(options: FileStoreOptions) {
    const root = resolve(options.root);
    this.url = options.url ?? `file://${root}`;
    this.limits = { ...LIMITS, ...options.limits };
    this.#chunkBytes = Math.min(options.chunkBytes ?? TRANSFER_BYTES, TRANSFER_BYTES);
    this.#tree = new Tree(this.url, root, options.fsync ?? false);
    this.#generations = new Generations(this.#tree);
    this.#records = new ContentRecords(this.#tree);
    this.#objects = new ObjectFiles(this.#tree, this.#generations, this.#records);
    this.#staging = new Staging(this.#tree);
    this.#uploads = new FileUploads(
      this.#tree,
      this.#records,
      this.#objects,
      this.#staging,
      new UploadDirectories(this.#tree),
      this.limits,
    );
  }

  async check(): Promise<void> {
    await this.#reading('', {}, async () => {
      await readdir(this.#tree.requireRoot());
    });
  }

  head(key: string, options: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#reading(key, options, async () => {
      return this.#objects.find(key)?.info;
    });
  }

  get(key: string, options: GetOptions = {}): Promise<ObjectBody> {
    return this.#reading(key, options, async () => {
      const bytes = options.range?.length ?? Number.POSITIVE_INFINITY;
      const opened = await this.#objects.open(key, { ifMatch: options.ifMatch, bytes });
      try {
        const range = {
          key,
          ...resolveRange(opened.info, options.range),
          chunkBytes: this.#chunkBytes,
          reuse: options.reuse ?? false,
          signal: options.signal,
        };
        return { info: opened.info, stream: this.#stream(key, readRange(opened, range)) };
      } catch (error) {
        await opened.file.close();
        throw error;
      }
    });
  }

  async getBytes(key: string, options: GetOptions = {}): Promise<Buffer> {
    const { stream } = await this.get(key, options);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  put(
    key: string,
    body: Uint8Array,
    condition: WriteCondition,
    options: CallOptions = {},
  ): Promise<ObjectInfo> {
    return this.#writing(key, options, async () => {
      const previous = this.#objects.find(key);
      requireCondition(key, previous?.info, condition);
      await this.#tree.makeParent(key);
      const content = { crc32: crc32(body), bytes: body.byteLength };
      return this.#staging.with(key, async (staged) => {
        await writeAll(staged.file, body, 0);
        options.signal?.throwIfAborted();
        const stat = await publish(this.#tree, this.#records, key, staged, content, (plain) =>
          previous === undefined
            ? linkNew(this.#tree, key, staged.path, plain)
            : this.#generations.advance(plain, previous.generation, staged.path),
        );
        if (previous !== undefined) await this.#generations.refresh(this.#tree.pathOf(key));
        return this.#objects.describe(key, stat);
      });
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    validatePrefix(prefix);
    try {
      this.#tree.requireRoot();
      yield* listFiles(this.#tree, this.#objects, prefix, options);
    } catch (error) {
      throw asReadError(this.url, prefix, error);
    }
  }

  delete(key: string, options: CallOptions = {}): Promise<void> {
    return this.#writing(key, options, async () => {
      const plain = this.#tree.pathOf(key);
      if (!this.#tree.isPlainDirectory(dirname(plain))) return;
      const paths = this.#generations.all(plain);
      const stats = paths.map((path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
      if (stats[0]?.isDirectory()) return;
      // The plain name goes last: as long as it is there, so is the object.
      await this.#generations.remove(plain);
      await rm(plain, { force: true });
      await Promise.all(stats.map((stat) => stat && this.#records.remove(key, stat)));
      await this.#prune(dirname(plain));
    });
  }

  createUpload(key: string, options: CallOptions & { crc32?: boolean } = {}): Promise<Upload> {
    return this.#writing(key, options, () => this.#uploads.create(key, options.crc32 ?? false));
  }

  uploadPart(
    upload: Upload,
    part: number,
    body: PartBody,
    options: CallOptions & { crc32?: number } = {},
  ): Promise<UploadedPart> {
    return this.#writing(upload.key, options, () => this.#uploads.send(upload, part, body, options.crc32));
  }

  copyPart(
    upload: Upload,
    part: number,
    source: CopySource,
    options: CallOptions = {},
  ): Promise<UploadedPart> {
    return this.#writing(upload.key, options, () => this.#uploads.copy(upload, part, source));
  }

  listParts(upload: Upload, options: CallOptions = {}): Promise<UploadedPart[]> {
    return this.#reading(upload.key, options, () => this.#uploads.parts(upload));
  }

  completeUpload(upload: Upload, parts: UploadedPart[], options: CompleteOptions = {}): Promise<ObjectInfo> {
    return this.#writing(upload.key, options, () => this.#uploads.complete(upload, parts, options));
  }

  abortUpload(upload: Upload, options: CallOptions = {}): Promise<void> {
    return this.#writing(upload.key, options, () => this.#uploads.abort(upload));
  }

  async *listUploads(
    prefix: string,
    options: CallOptions = {},
  ): AsyncGenerator<Upload & { startedAt: Date }> {
    validatePrefix(prefix);
    try {
      this.#tree.requireRoot();
      for await (const upload of this.#uploads.list(prefix)) {
        options.signal?.throwIfAborted();
        yield upload;
      }
    } catch (error) {
      throw asReadError(this.url, prefix, error);
    }
  }

  async close(): Promise<void> {
    await this.#uploads.close();
  }

  /** Directories exist only for their files. A writer that loses its directory here makes it again. */
  async #prune(directory: string): Promise<void> {
    for (let empty = directory; empty.length > this.#tree.root.length; empty = dirname(empty)) {
      try {
        await rmdir(empty);
      } catch {
        return;
      }
    }
  }

  async *#stream(key: string, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
    } catch (error) {
      throw asReadError(this.url, key, error);
    }
  }

  async #reading<T>(key: string, options: CallOptions, read: () => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    try {
      return await read();
    } catch (error) {
      throw asReadError(this.url, key, error);
    }
  }

  async #writing<T>(key: string, options: CallOptions, write: () => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    try {
      return await write();
    } catch (error) {
      throw asWriteError(key, error);
    }
  }
}
