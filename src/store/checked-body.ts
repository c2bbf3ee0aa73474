import { crc32 } from './crc32.js';
import { crc32Hex } from './crc32-hex.js';
import { DamagedBodyError } from './errors.js';
import { looksLikeMd5, md5 } from './md5-etag.js';
import type { CallOptions, ObjectBody, ObjectInfo, ObjectStore } from './object-store.js';

/**
 * A body that is compared, once it has passed, with the checksum the store has of the object. For what has no checksum
 * of its own: one bit that fell over on the way would be believed, or make an object look like no JSON at all.
 */
export class CheckedBody {
  #digest: Digest;

  private constructor(
    private readonly store: ObjectStore,
    private readonly body: ObjectBody,
    private readonly options: CallOptions,
  ) {
    this.#digest = digestFor(body.info);
  }

  /** @throws ObjectNotFoundError */
  static async open(store: ObjectStore, key: string, options: CallOptions = {}): Promise<CheckedBody> {
    return new CheckedBody(store, await store.get(key, options), options);
  }

  /** Once. Goes on to the end even when its reader does not. */
  async *chunks(): AsyncGenerator<Buffer> {
    const iterator = this.body.stream[Symbol.asyncIterator]();
    const next = async () => {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      this.#digest.update(value);
      return value as Buffer;
    };
    let failed = false;
    try {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      while (!failed && (await next()) !== undefined);
    }
  }

  /**
   * After the chunks. An ETag that only looks like an MD5 (encryption by a key of KMS) is told by a second reading.
   * @throws DamagedBodyError when what came by is not what the store has
   */
  async verify(): Promise<void> {
    const { key, etag, crc32: known } = this.body.info;
    if (this.#digest.expected === undefined) return;
    const value = this.#digest.value();
    if (value === this.#digest.expected) return;
    if (known === undefined) {
      const again = await this.store.get(key, { ...this.options, ifMatch: etag });
      this.#digest = digestFor(again.info);
      for await (const chunk of again.stream) this.#digest.update(chunk);
      if (this.#digest.value() === value) return;
    }
    throw new DamagedBodyError(key, `its checksum is ${value}, not ${this.#digest.expected}`);
  }
}

interface Digest {
  /** Absent: the store knows none. */
  readonly expected: string | undefined;
  update(chunk: Uint8Array): void;
  value(): string;
}

function digestFor({ etag, crc32: known }: ObjectInfo): Digest {
  if (known !== undefined) {
    let crc = 0;
    return {
      expected: crc32Hex(known),
      update: (chunk) => {
        crc = crc32(chunk, crc);
      },
      value: () => crc32Hex(crc),
    };
  }
  if (!looksLikeMd5(etag)) return { expected: undefined, update: () => undefined, value: () => '' };
  const hash = md5();
  return { expected: etag, update: (chunk) => void hash.update(chunk), value: () => hash.digest('hex') };
}
