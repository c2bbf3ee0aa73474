import { ObjectNotFoundError } from './errors.js';
import type {
  CallOptions,
  CompleteOptions,
  CopySource,
  GetOptions,
  ListOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  PartBody,
  Upload,
  UploadedPart,
  WriteCondition,
} from './object-store.js';
import { compareUtf8 } from './utf8-order.js';

/**
 * Two stores as one: what is written goes to `over`, what is not there is read from `under`, of which nothing is ever
 * changed. Below `hidden` there is nothing but what was written.
 */
export class OverlayStore implements ObjectStore {
  constructor(
    private readonly under: ObjectStore,
    private readonly over: ObjectStore,
    private readonly hidden: string,
  ) {}

  /** Of neither: what lies in it is at rest. */
  get url(): string {
    return `overlay:${this.over.url}`;
  }

  get limits(): ObjectStore['limits'] {
    return this.over.limits;
  }

  async check(): Promise<void> {
    await this.under.check();
    await this.over.check();
  }

  async head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined> {
    return (await this.over.head(key, options)) ?? this.#shown(key)?.head(key, options);
  }

  get(key: string, options?: GetOptions): Promise<ObjectBody> {
    return this.#from(key, (store) => store.get(key, options));
  }

  getBytes(key: string, options?: GetOptions): Promise<Buffer> {
    return this.#from(key, (store) => store.getBytes(key, options));
  }

  put(key: string, body: Uint8Array, condition: WriteCondition, options?: CallOptions): Promise<ObjectInfo> {
    return this.over.put(key, body, condition, options);
  }

  /** Both in UTF-8 byte order, so that one pass over the two is enough. */
  async *list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo> {
    const written = this.over.list(prefix, options)[Symbol.asyncIterator]();
    const there = this.under.list(prefix, options)[Symbol.asyncIterator]();
    let [left, right] = [await written.next(), await there.next()];
    while (!left.done || !right.done) {
      if (!right.done && right.value.key.startsWith(this.hidden)) {
        right = await there.next();
        continue;
      }
      const order = left.done ? 1 : right.done ? -1 : compareUtf8(left.value.key, right.value.key);
      if (order <= 0) {
        yield left.value;
        left = await written.next();
        if (order === 0) right = await there.next();
      } else {
        yield right.value;
        right = await there.next();
      }
    }
  }

  delete(key: string, options?: CallOptions): Promise<void> {
    return this.over.delete(key, options);
  }

  createUpload(key: string, options?: CallOptions & { crc32?: boolean }): Promise<Upload> {
    return this.over.createUpload(key, options);
  }

  uploadPart(
    upload: Upload,
    part: number,
    body: PartBody,
    options?: CallOptions & { crc32?: number },
  ): Promise<UploadedPart> {
    return this.over.uploadPart(upload, part, body, options);
  }

  /** What is copied was written here: segments are. */
  copyPart(upload: Upload, part: number, source: CopySource, options?: CallOptions): Promise<UploadedPart> {
    return this.over.copyPart(upload, part, source, options);
  }

  listParts(upload: Upload, options?: CallOptions): Promise<UploadedPart[]> {
    return this.over.listParts(upload, options);
  }

  completeUpload(upload: Upload, parts: UploadedPart[], options?: CompleteOptions): Promise<ObjectInfo> {
    return this.over.completeUpload(upload, parts, options);
  }

  abortUpload(upload: Upload, options?: CallOptions): Promise<void> {
    return this.over.abortUpload(upload, options);
  }

  listUploads(prefix: string, options?: CallOptions): AsyncIterable<Upload & { startedAt: Date }> {
    return this.over.listUploads(prefix, options);
  }

  /** Both stay open: they belong to whoever opened them. */
  async close(): Promise<void> {}

  #shown(key: string): ObjectStore | undefined {
    return key.startsWith(this.hidden) ? undefined : this.under;
  }

  async #from<T>(key: string, read: (store: ObjectStore) => Promise<T>): Promise<T> {
    try {
      return await read(this.over);
    } catch (error) {
      const under = this.#shown(key);
      if (!(error instanceof ObjectNotFoundError) || under === undefined) throw error;
      return read(under);
    }
  }
}
