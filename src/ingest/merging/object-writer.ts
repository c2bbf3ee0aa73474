import { crc32 } from '../../store/crc32.js';
import { ChecksumMismatchError, ConflictError, PreconditionFailedError } from '../../store/errors.js';
import type { ObjectInfo, ObjectStore, Upload, UploadedPart } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { ByteQueue } from '../extraction/byte-queue.js';

/** Same parts on every try, so that a repeat gets the same ETag. */
export const PART_BYTES = 8 * 1024 * 1024;

export interface ObjectWriterOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default `PART_BYTES`. */
  readonly partBytes?: number;
}

export interface WrittenObject {
  readonly etag: string;
  readonly bytes: number;
  readonly crc32: number;
}

/**
 * Writes one object from bytes that arrive little by little: a single put when it stays below a part, otherwise a
 * multipart upload that becomes visible on `close`. Taking bytes in is synchronous; `settle` sends what is due.
 */
export class ObjectWriter {
  readonly #queue = new ByteQueue();
  readonly #parts: UploadedPart[] = [];
  #upload: Upload | undefined;
  /** The part on its way; one at a time, while the next is filled. */
  #sending: Promise<void> = Promise.resolve();
  #bytes = 0;

  constructor(
    private readonly store: ObjectStore,
    private readonly key: string,
    private readonly options: ObjectWriterOptions = {},
  ) {}

  /** Bytes taken in so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Parts the object has so far, the unfinished one included. */
  get parts(): number {
    return this.#parts.length + Math.ceil(this.#queue.length / this.#partBytes);
  }

  /** Copies the bytes. `crc`: their CRC32, where it is known. */
  write(bytes: Uint8Array, crc?: number): void {
    this.#queue.push(bytes, crc);
    this.#bytes += bytes.byteLength;
  }

  /** Like `write`, and empties `queue`. */
  take(queue: ByteQueue): void {
    this.#bytes += queue.length;
    this.#queue.append(queue);
  }

  /** Sends whole parts until less than one is waiting. */
  async settle(): Promise<void> {
    while (this.#queue.length >= this.#partBytes) await this.#send();
  }

  /**
   * Makes the object visible. A repeat that finds the same bytes there is a success.
   * @param expected CRC32 of all that was written, by whoever wrote it: what the store holds is compared with it
   * @throws ConflictError, ChecksumMismatchError
   */
  async close(expected: number): Promise<WrittenObject> {
    await this.settle();
    const { etag } = this.#upload
      ? await this.#closeUpload(this.#upload, expected)
      : await this.#put(expected);
    return { etag, bytes: this.#bytes, crc32: expected };
  }

  /** Leaves nothing behind. Never throws: it is called when something else failed already. */
  async abort(): Promise<void> {
    this.#queue.clear();
    await this.#sending.catch(() => undefined);
    // Without the signal: what was begun is taken back also when the reason is an abort.
    if (this.#upload) await this.store.abortUpload(this.#upload).catch(() => undefined);
  }

  async #put(expected: number): Promise<ObjectInfo> {
    const taken = this.#queue.take(this.#queue.length);
    const body = Buffer.concat(taken.chunks);
    taken.release();
    const actual = crc32(body);
    if (actual !== expected) throw new ChecksumMismatchError(this.key, expected, actual);
    return putOnce(this.store, this.key, body, this.#call);
  }

  async #closeUpload(upload: Upload, expected: number): Promise<ObjectInfo> {
    if (this.#queue.length > 0) await this.#send();
    await this.#sending;
    return this.#complete(upload, expected);
  }

  async #send(): Promise<void> {
    const { store, key } = this;
    this.#upload ??= await store.createUpload(key, this.#call);
    const upload = this.#upload;
    const body = this.#queue.take(Math.min(this.#partBytes, this.#queue.length));
    await this.#sending;
    const part = this.#parts.length + 1;
    this.#parts.push({ part, bytes: body.length, etag: '' });
    const options = { ...this.#call, crc32: body.crc32 };
    this.#sending = store.uploadPart(upload, part, body.chunks, options).then((sent) => {
      this.#parts[part - 1] = sent;
      body.release();
    });
    // Reported where it is awaited.
    this.#sending.catch(() => undefined);
  }

  async #complete(upload: Upload, expected: number): Promise<ObjectInfo> {
    try {
      // Without `crc32`: a store that keeps none would have to send the whole object back.
      const info = await this.store.completeUpload(upload, this.#parts, { ...this.#call, ifNoneMatch: '*' });
      if (info.crc32 !== undefined && info.crc32 !== expected) {
        // What this call created is not left standing.
        await this.store.delete(this.key, this.#call);
        throw new ChecksumMismatchError(this.key, expected, info.crc32);
      }
      return info;
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
      // Whatever stands there, this upload is of no use any more.
      await this.abort();
      return this.#requireSame(error, expected);
    }
  }

  /** An earlier try got this far. */
  async #requireSame(error: PreconditionFailedError, expected: number): Promise<ObjectInfo> {
    const existing = await this.store.head(this.key, this.#call);
    if (existing === undefined) throw error;
    if (existing.bytes !== this.#bytes) {
      throw new ConflictError(this.key, `${existing.bytes} bytes there, ${this.#bytes} to be written`);
    }
    let theirs = existing.crc32;
    if (theirs === undefined) {
      theirs = 0;
      const body = await this.store.get(this.key, { ...this.#call, ifMatch: existing.etag });
      for await (const chunk of body.stream) theirs = crc32(chunk, theirs);
    }
    if (theirs !== expected) throw new ConflictError(this.key, 'same size, other CRC32');
    return existing;
  }

  get #partBytes(): number {
    return this.options.partBytes ?? PART_BYTES;
  }

  get #call(): { signal?: AbortSignal } {
    return this.options.signal ? { signal: this.options.signal } : {};
  }
}
