import { TerminalError } from '../../errors.js';
import { combineCrc32, crc32 } from '../../store/crc32.js';
import {
  ChecksumMismatchError,
  ConflictError,
  PreconditionFailedError,
  UploadGoneError,
} from '../../store/errors.js';
import type { ObjectInfo, ObjectStore, Upload } from '../../store/object-store.js';
import { readJson, writeJsonOnce } from '../documents/json-object.js';
import type { PartnerDayLayout, VersionLayout } from '../layout.js';
import type { PlannedRange, TablePlan } from '../planning/plan.js';
import { planParts, type Step } from '../planning/plan-parts.js';
import { type ComposeContext, composeParts } from './compose-upload.js';
import { headerLine } from './header-line.js';
import { type MergeReceipt, mergeReceiptSchema } from './merge-receipt.js';
import { plannedBytes } from './output-ranges.js';
import type { Rewritten } from './run-pieces.js';

/** The plan itself says that the table must not be merged. */
export class TableRefusedError extends TerminalError {}

export interface MergeProgress {
  /** Output bytes in parts that are done. */
  bytes: number;
  /** Expected output bytes (the most, where columns are dropped). */
  total: number;
}

export interface MergeTableInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  plan: TablePlan;
  signal?: AbortSignal | undefined;
  /** Called after every part and every chunk read: a heartbeat that stops when progress stops. */
  onProgress?: ((progress: MergeProgress) => void) | undefined;
  /** Ranges below this pass through the worker. Default 256 KiB, and at least the store's minimum part. */
  copyAtLeast?: number | undefined;
}

/** What the table must be once it is written, from the plan and what the rewriter counted. */
interface Expected {
  bytes: number;
  crc32: number;
  rows: number;
  rewrittenRows: number;
  rewrittenBytes: number;
}

/**
 * Builds one table's CSV by its plan and writes the receipt last. Idempotent: with a receipt nothing is done; with the
 * table but no receipt the sources are read and counted again and the table is compared; an upload that was
 * interrupted is taken up again. Holds about 16 MiB.
 * @throws TableRefusedError, ConflictError (another content under the table's key), ChecksumMismatchError, store errors
 */
export async function mergeTable(input: MergeTableInput): Promise<MergeReceipt> {
  const { plan } = input;
  if (plan.refused !== undefined) throw new TableRefusedError(`${plan.table}: ${plan.refused}`);
  for (let meeting = 1; ; meeting++) {
    try {
      return await mergeOnce(input);
    } catch (error) {
      // Another worker took this one for dead, and completed the upload or dropped it: look again.
      if (!(error instanceof UploadGoneError) || meeting === MEETINGS) throw error;
    }
  }
}

/** How often two workers may get in each other's way before it counts as a failure. */
const MEETINGS = 3;

async function mergeOnce(input: MergeTableInput): Promise<MergeReceipt> {
  const { store, layout, plan } = input;
  const version = layout.version(plan.version);
  const call = input.signal === undefined ? {} : { signal: input.signal };
  const key = version.table(plan.table);
  const there = await store.head(key, call);
  const receipt = await readJson(store, version.merged(plan.table), mergeReceiptSchema, call);
  if (receipt !== undefined && there !== undefined) {
    requireSame(there, receipt);
    return receipt;
  }
  const merge = new TableMerge(input, version, key);
  const done = await merge.run(there);
  await writeJsonOnce(store, version.merged(plan.table), done, call);
  await merge.sweep();
  return done;
}

class TableMerge {
  readonly #header: Buffer;
  readonly #context: ComposeContext;
  readonly #intermediateKeys: string[] = [];
  #bytes = 0;

  constructor(
    private readonly input: MergeTableInput,
    private readonly version: VersionLayout,
    private readonly key: string,
  ) {
    const { store, plan, signal } = input;
    this.#header = headerLine(plan.columns);
    this.#context = {
      store,
      signal,
      headers: plan.headers,
      counts: { workerBytes: 0, rewritten: new Map() },
    };
  }

  async run(there: ObjectInfo | undefined): Promise<MergeReceipt> {
    const { store, plan, copyAtLeast } = this.input;
    const { limits } = store;
    const least = copyAtLeast === undefined ? {} : { copyAtLeast };
    const { uploads, size, workerBytes } = planParts({
      key: this.key,
      header: this.#header,
      headers: plan.headers,
      ranges: plan.ranges,
      limits,
      ...least,
    });
    this.#context.onProgress = (bytes) => {
      this.#bytes += bytes;
      this.input.onProgress?.({ bytes: this.#bytes, total: size.max });
    };
    let level = uploads;
    for (let number = 1; level.length > 1; number++) {
      const ranges = await this.#intermediates(level, number, there !== undefined);
      const next = planParts({
        key: this.key,
        header: Buffer.alloc(0),
        headers: [[]],
        ranges,
        limits,
      }).uploads;
      if (next.length >= level.length) {
        throw new TerminalError(`${this.key}: ${size.max} bytes do not fit into ${limits.maxParts} parts`);
      }
      level = next;
    }
    const { info, parts } = await this.#write(level[0]!, there);
    const expected = this.#expected();
    return {
      format: 1,
      table: plan.table,
      version: plan.version,
      key: this.key,
      etag: info.etag,
      ...expected,
      parts,
      workerBytesPredicted: workerBytes,
      workerBytes: this.#context.counts.workerBytes,
      ...this.#shrunk(),
    };
  }

  #shrunk(): Pick<MergeReceipt, 'shrunkBytes'> {
    const { plan } = this.input;
    const { rewritten } = this.#context.counts;
    const shrunk = plan.ranges.filter((range) => plannedBytes(plan, range) === undefined);
    return shrunk.length === 0 ? {} : { shrunkBytes: shrunk.map((range) => rewritten.get(range)!.bytes) };
  }

  /** With the receipt written, nothing needs the intermediate objects any more. */
  async sweep(): Promise<void> {
    for (const key of this.#intermediateKeys) await this.input.store.delete(key);
  }

  /** Objects of at most as many parts as one upload may have; the next level copies them whole. */
  async #intermediates(level: Step[][], number: number, dry: boolean): Promise<PlannedRange[]> {
    const ranges: PlannedRange[] = [];
    for (const [index, steps] of level.entries()) {
      const key = this.version.compose(this.input.plan.table, number, index);
      this.#intermediateKeys.push(key);
      let info: Pick<ObjectInfo, 'bytes' | 'etag'>;
      if (dry) {
        const parts = await composeParts(steps, undefined, this.#context);
        info = { bytes: parts.reduce((bytes, part) => bytes + part.bytes, 0), etag: '' };
      } else {
        // Nothing but this plan writes here, and the CRC32 of the table covers what it holds.
        info = (await this.#upload(key, steps)).info;
      }
      ranges.push({ key, etag: info.etag, offset: 0, bytes: info.bytes, crc32: 0, rows: 0, header: 0 });
    }
    return ranges;
  }

  async #write(steps: Step[], there: ObjectInfo | undefined): Promise<{ info: ObjectInfo; parts: number }> {
    if (there === undefined) return this.#upload(this.key, steps, () => this.#expected());
    const parts = await composeParts(steps, undefined, this.#context);
    await this.#requireContent(there, this.#expected());
    return { info: there, parts: parts.length };
  }

  async #upload(
    key: string,
    steps: Step[],
    expected?: () => Expected,
  ): Promise<{ info: ObjectInfo; parts: number }> {
    const { store, signal } = this.input;
    const call = signal === undefined ? {} : { signal };
    const upload =
      (await this.#interrupted(key)) ?? (await store.createUpload(key, { ...call, crc32: true }));
    const parts = await composeParts(steps, upload, this.#context);
    const wanted = expected?.();
    try {
      const condition = wanted === undefined ? {} : { crc32: wanted.crc32 };
      const onProgress = () => this.#context.onProgress?.(0);
      const options = { ...call, ...condition, onProgress, ifNoneMatch: '*' } as const;
      const info = await store.completeUpload(upload, parts, options);
      if (wanted !== undefined) await this.#requireContent(info, wanted);
      return { info, parts: parts.length };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ChecksumMismatchError) await store.abortUpload(upload);
      if (!(error instanceof PreconditionFailedError)) throw error;
      await store.abortUpload(upload, call);
      const other = await store.head(key, call);
      if (other === undefined) throw error;
      if (wanted !== undefined) await this.#requireContent(other, wanted);
      return { info: other, parts: parts.length };
    }
  }

  /** The upload an earlier try left behind; of several, one to take up, and the others are dropped. */
  async #interrupted(key: string): Promise<Upload | undefined> {
    const { store, signal } = this.input;
    const call = signal === undefined ? {} : { signal };
    let found: Upload | undefined;
    for await (const upload of store.listUploads(key, call)) {
      if (upload.key !== key) continue;
      if (found === undefined && upload.crc32) found = upload;
      else await store.abortUpload(upload, call);
    }
    return found;
  }

  #expected(): Expected {
    const { plan } = this.input;
    const { rewritten } = this.#context.counts;
    const sum = { bytes: this.#header.byteLength, crc32: crc32(this.#header), rows: 0 };
    let [rewrittenRows, rewrittenBytes] = [0, 0];
    for (const range of plan.ranges) {
      const output: Rewritten = rewritten.get(range) ?? range;
      if (output !== range) {
        rewrittenRows += output.rows;
        rewrittenBytes += output.bytes;
      }
      sum.bytes += output.bytes;
      sum.crc32 = combineCrc32(sum.crc32, output.crc32, output.bytes);
      sum.rows += output.rows;
    }
    return { ...sum, rewrittenRows, rewrittenBytes };
  }

  async #requireContent(info: ObjectInfo, expected: Expected): Promise<void> {
    if (info.bytes === expected.bytes) {
      const actual = info.crc32 ?? (await this.#readBack(info));
      if (actual === expected.crc32) return;
    }
    throw new ConflictError(info.key, `${info.bytes} bytes there, ${expected.bytes} bytes planned`);
  }

  async #readBack(info: ObjectInfo): Promise<number> {
    const { store, signal } = this.input;
    const { stream } = await store.get(info.key, { ifMatch: info.etag, ...(signal && { signal }) });
    let sum = 0;
    for await (const chunk of stream) sum = crc32(chunk, sum);
    return sum;
  }
}

function requireSame(there: ObjectInfo, receipt: MergeReceipt): void {
  if (there.bytes === receipt.bytes && (there.crc32 ?? receipt.crc32) === receipt.crc32) return;
  throw new ConflictError(
    receipt.key,
    `the receipt says ${receipt.bytes} bytes with CRC32 ${receipt.crc32}, there are ${there.bytes} with ${there.crc32}`,
  );
}
