import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, type TransientError } from '../../errors.js';
import { StoreUnreachableError, StoreWriteError } from '../errors.js';
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
import { isWrite, type StoreVerb } from '../store-verb.js';
import { type DueFault, FaultBook } from './fault-book.js';
import { readFaultSpec } from './fault-spec.js';
import { faultyBody, flipped } from './faulty-body.js';

/**
 * With `PARTNERDAY_FAULTS=FILE`, the store fails as that file says (`fault-spec.ts`), for testing what is built on it;
 * off otherwise, at no cost. `phase`: what the caller is doing just now.
 */
export function faultyStore(store: ObjectStore, env: NodeJS.ProcessEnv, phase: () => string): ObjectStore {
  const file = env.PARTNERDAY_FAULTS;
  if (!file) return store;
  const spec = readFaultSpec(file);
  return new FaultyStore(store, new FaultBook(spec, phase), spec.limits);
}

export class FaultyStore implements ObjectStore {
  readonly url: string;
  readonly limits: MultipartLimits;

  constructor(
    private readonly store: ObjectStore,
    private readonly book: FaultBook,
    limits?: Partial<MultipartLimits>,
  ) {
    this.url = store.url;
    this.limits = { ...store.limits, ...limits };
  }

  check(): Promise<void> {
    return this.store.check();
  }

  head(key: string, options: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#around('head', key, options, () => this.store.head(key, options));
  }

  async get(key: string, options: GetOptions = {}): Promise<ObjectBody> {
    const due = await this.#before('get', key, options);
    const { info, stream } = await this.store.get(key, options);
    if (due === undefined) return { info, stream };
    const { offset = 0, length = info.bytes - offset } = options.range ?? {};
    return { info, stream: this.#body(stream, length, key, due) };
  }

  async getBytes(key: string, options: GetOptions = {}): Promise<Buffer> {
    const due = await this.#before('getBytes', key, options);
    if (due === undefined || due.fault !== 'flip') {
      return this.#after('getBytes', key, due, () => this.store.getBytes(key, options));
    }
    const bytes = await this.store.getBytes(key, options);
    if (bytes.length === 0) return bytes;
    due.happened();
    return flipped(bytes, Math.min(Math.floor(bytes.length * due.at), bytes.length - 1));
  }

  put(
    key: string,
    body: Uint8Array,
    condition: WriteCondition,
    options: CallOptions = {},
  ): Promise<ObjectInfo> {
    return this.#around('put', key, options, () => this.store.put(key, body, condition, options));
  }

  list(prefix: string, options: ListOptions = {}): AsyncIterable<ObjectInfo> {
    return this.#listing('list', prefix, options, () => this.store.list(prefix, options));
  }

  delete(key: string, options: CallOptions = {}): Promise<void> {
    return this.#around('delete', key, options, () => this.store.delete(key, options));
  }

  createUpload(key: string, options: CallOptions & { crc32?: boolean } = {}): Promise<Upload> {
    return this.#around('createUpload', key, options, () => this.store.createUpload(key, options));
  }

  uploadPart(upload: Upload, part: number, body: PartBody, options: CallOptions = {}): Promise<UploadedPart> {
    const send = () => this.store.uploadPart(upload, part, body, options);
    return this.#around('uploadPart', upload.key, options, send);
  }

  copyPart(
    upload: Upload,
    part: number,
    source: CopySource,
    options: CallOptions = {},
  ): Promise<UploadedPart> {
    const copy = () => this.store.copyPart(upload, part, source, options);
    return this.#around('copyPart', upload.key, options, copy);
  }

  listParts(upload: Upload, options: CallOptions = {}): Promise<UploadedPart[]> {
    return this.#around('listParts', upload.key, options, () => this.store.listParts(upload, options));
  }

  completeUpload(upload: Upload, parts: UploadedPart[], options: CompleteOptions = {}): Promise<ObjectInfo> {
    const complete = () => this.store.completeUpload(upload, parts, options);
    return this.#around('completeUpload', upload.key, options, complete);
  }

  abortUpload(upload: Upload, options: CallOptions = {}): Promise<void> {
    return this.#around('abortUpload', upload.key, options, () => this.store.abortUpload(upload, options));
  }

  listUploads(prefix: string, options: CallOptions = {}): AsyncIterable<Upload & { startedAt: Date }> {
    return this.#listing('listUploads', prefix, options, () => this.store.listUploads(prefix, options));
  }

  close(): Promise<void> {
    return this.store.close();
  }

  async #around<T>(verb: StoreVerb, key: string, options: CallOptions, call: () => Promise<T>): Promise<T> {
    return this.#after(verb, key, await this.#before(verb, key, options), call);
  }

  /** What happens instead of the call, or before it. @returns what is still to happen */
  async #before(verb: StoreVerb, key: string, { signal }: CallOptions): Promise<DueFault | undefined> {
    signal?.throwIfAborted();
    const due = this.book.due(verb, key);
    if (due === undefined || due.fault === 'flip' || due.when === 'after') return due;
    if (due.fault === 'cut') return due;
    due.happened();
    if (due.fault === 'slow') await pause(due.ms, undefined, signal ? { signal } : {});
    else if (due.fault === 'hang') await new Promise(() => undefined);
    else if (due.fault === 'fail') throw this.#failure(verb, key, 'no answer');
    else end(due);
    return undefined;
  }

  /** The call, and what happens between it and the caller. */
  async #after<T>(
    verb: StoreVerb,
    key: string,
    due: DueFault | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    if (due === undefined || due.fault === 'flip') return call();
    let result: T;
    try {
      result = await call();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      due.happened('refused');
      this.#finish(verb, key, due);
      throw error;
    }
    due.happened('done');
    this.#finish(verb, key, due);
    return result;
  }

  #finish(verb: StoreVerb, key: string, due: DueFault): void {
    if (due.fault === 'fail' || due.fault === 'cut') throw this.#failure(verb, key, 'the answer was lost');
    end(due);
  }

  async *#body(
    stream: AsyncIterable<Buffer>,
    bytes: number,
    key: string,
    due: DueFault,
  ): AsyncGenerator<Buffer> {
    if (due.fault === 'flip' || due.fault === 'cut') {
      due.happened();
      yield* faultyBody(stream, bytes, due, () => this.#failure('get', key, 'the body was cut'));
      return;
    }
    yield* stream;
    due.happened('done');
    this.#finish('get', key, due);
  }

  async *#listing<T>(
    verb: StoreVerb,
    prefix: string,
    options: CallOptions,
    list: () => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const due = await this.#before(verb, prefix, options);
    for await (const item of list()) {
      yield item;
      if (due?.fault !== 'cut') continue;
      due.happened();
      throw this.#failure(verb, prefix, 'the listing broke off');
    }
    if (due === undefined || due.fault === 'flip') return;
    due.happened('done');
    this.#finish(verb, prefix, due);
  }

  #failure(verb: StoreVerb, key: string, what: string): TransientError {
    const detail = `${what} (${verb}; injected fault)`;
    return isWrite(verb)
      ? new StoreWriteError(key, detail)
      : new StoreUnreachableError(this.url, `${detail} for ${key}`);
  }
}

function end({ fault }: DueFault): void {
  if (fault === 'kill') process.kill(process.pid, 'SIGKILL');
  if (fault === 'stop') process.kill(process.pid, 'SIGSTOP');
}
