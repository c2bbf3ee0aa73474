import type { ObjectStore, Upload, UploadedPart } from '../../store/object-store.js';
import type { TakenBytes } from '../extraction/byte-queue.js';
import { PartCutter } from '../extraction/part-cutter.js';
import type { Step } from '../planning/plan-parts.js';
import { type RunContext, runPieces } from './run-pieces.js';

/** Copies under way at the same time; the store does the work. */
const COPIES = 4;
/** Parts on their way at the same time, each held in memory: one is sent while the next is made. */
const SENDS = 2;

export interface ComposeContext extends RunContext {
  onProgress?: ((bytes: number) => void) | undefined;
}

/**
 * Makes the parts of one upload. With no upload nothing is written, but every source the worker would read is read
 * and counted all the same. Parts that an interrupted try left behind are kept where a copy of that length has that
 * number: the CRC32 of the whole, checked on completion, covers what is inside them.
 */
export async function composeParts(
  steps: readonly Step[],
  upload: Upload | undefined,
  context: ComposeContext,
): Promise<UploadedPart[]> {
  const run = new PartRun(upload, context);
  try {
    await run.resume();
    for (const step of steps) {
      context.signal?.throwIfAborted();
      if (step.kind === 'copy') await run.copy(step);
      else await run.work(step);
    }
    return await run.finish();
  } catch (error) {
    await run.settle();
    throw error;
  }
}

class PartRun {
  readonly #parts: UploadedPart[] = [];
  readonly #copies = new Set<Promise<void>>();
  readonly #sends = new Set<Promise<void>>();
  #left = new Map<number, UploadedPart>();
  #number = 0;

  constructor(
    private readonly upload: Upload | undefined,
    private readonly context: ComposeContext,
  ) {}

  get #store(): ObjectStore {
    return this.context.store;
  }

  get #call(): { signal?: AbortSignal } {
    return this.context.signal === undefined ? {} : { signal: this.context.signal };
  }

  async resume(): Promise<void> {
    if (this.upload === undefined) return;
    const parts = await this.#store.listParts(this.upload, this.#call);
    this.#left = new Map(parts.map((part) => [part.part, part]));
  }

  async copy({ key, etag, offset, length }: Extract<Step, { kind: 'copy' }>): Promise<void> {
    const part = ++this.#number;
    const left = this.#left.get(part);
    if (this.upload === undefined || left?.bytes === length) {
      this.#done(left ?? { part, bytes: length, etag: '' });
      return;
    }
    await this.#underWay(this.#copies, COPIES, () =>
      this.#store.copyPart(this.upload!, part, { key, etag, offset, length }, this.#call),
    );
  }

  async work({ pieces, partBytes }: Extract<Step, { kind: 'worker' }>): Promise<void> {
    const cutter = new PartCutter(partBytes, this.#store.limits.minPartBytes);
    for await (const { bytes, crc32 } of runPieces(pieces, this.context)) {
      this.context.signal?.throwIfAborted();
      for (const body of cutter.push(bytes, crc32)) await this.#put(body);
      this.context.onProgress?.(0);
    }
    const last = cutter.end();
    if (last.length > 0) await this.#put(last);
  }

  async finish(): Promise<UploadedPart[]> {
    await Promise.all([...this.#copies, ...this.#sends]);
    return this.#parts.sort((a, b) => a.part - b.part);
  }

  async settle(): Promise<void> {
    await Promise.allSettled([...this.#copies, ...this.#sends]);
  }

  async #put(body: TakenBytes): Promise<void> {
    const part = ++this.#number;
    const { upload } = this;
    if (upload === undefined) {
      this.#done({ part, bytes: body.length, etag: '' });
      body.release();
      return;
    }
    await this.#underWay(this.#sends, SENDS, async () => {
      const options = { ...this.#call, crc32: body.crc32 };
      const made = await this.#store.uploadPart(upload, part, body.chunks, options);
      body.release();
      return made;
    });
  }

  /** Begins as soon as there are less than `most` of them. */
  async #underWay(jobs: Set<Promise<void>>, most: number, begin: () => Promise<UploadedPart>): Promise<void> {
    while (jobs.size >= most) await Promise.race(jobs);
    const job: Promise<void> = begin().then((made) => {
      jobs.delete(job);
      this.#done(made);
    });
    // The first error surfaces through `race` or `finish`; the others must not become unhandled.
    job.catch(() => undefined);
    jobs.add(job);
  }

  #done(part: UploadedPart): void {
    this.#parts.push(part);
    this.context.onProgress?.(part.bytes);
  }
}
