import { createKernelProjection } from '../csv/kernel/kernel-projection.js';
import { BrokenRowsError } from '../csv/projection.js';
import { TransientError } from '../errors.js';
import { crc32 } from '../store/crc32.js';
import { ChecksumMismatchError } from '../store/errors.js';
import type { ObjectStore } from '../store/object-store.js';
import type { PlannedRange } from './plan.js';
import type { Piece } from './plan-parts.js';
import { type PieceBytes, readPieces, sourceOf } from './read-pieces.js';

/** A range that arrived longer or shorter than it was asked for. */
export class ShortRangeError extends TransientError {}

/** What became of a rewritten range: the ledger's second witness for rows. */
export interface Rewritten {
  bytes: number;
  rows: number;
  crc32: number;
}

export interface PieceCounts {
  /** Source bytes read. */
  workerBytes: number;
  rewritten: Map<PlannedRange, Rewritten>;
}

export interface RunContext {
  store: ObjectStore;
  /** `headers[0]` is the table's. */
  headers: readonly (readonly string[])[];
  signal?: AbortSignal | undefined;
  counts: PieceCounts;
}

/**
 * The output of a worker run, chunk by chunk. Every source is checked against its plan: length, CRC32 (of whole
 * ranges) and, where it is rewritten, rows.
 * @throws ShortRangeError, ChecksumMismatchError, BrokenRowsError
 */
export async function* runPieces(pieces: readonly Piece[], context: RunContext): AsyncGenerator<Uint8Array> {
  for await (const source of readPieces(context.store, pieces, context.signal)) {
    if (source.piece.kind === 'rewrite') yield* rewrite(source.piece.range, source, context);
    else yield* verbatim(source, context);
  }
}

async function* verbatim({ piece, chunks }: PieceBytes, { counts }: RunContext): AsyncGenerator<Uint8Array> {
  if (piece.kind !== 'verbatim') {
    yield* chunks;
    return;
  }
  const check = new RangeCheck(piece, piece.range);
  for await (const chunk of chunks) {
    check.add(chunk);
    yield chunk;
  }
  counts.workerBytes += check.end();
}

async function* rewrite(
  range: PlannedRange,
  { piece, chunks }: PieceBytes,
  { counts, headers }: RunContext,
): AsyncGenerator<Uint8Array> {
  const projection = createKernelProjection(headers[range.header]!, headers[0]!);
  const check = new RangeCheck(piece, range);
  const result = { bytes: 0, rows: 0, crc32: 0 };
  for await (const chunk of chunks) {
    check.add(chunk);
    const out = projection.write(chunk);
    result.bytes += out.byteLength;
    result.crc32 = crc32(out, result.crc32);
    yield out;
  }
  counts.workerBytes += check.end();
  result.rows = projection.end().rows;
  if (result.rows !== range.rows) {
    throw new BrokenRowsError(
      `${range.key} from byte ${range.offset}: the plan has ${range.rows} rows there, the rewriter counted ${result.rows}`,
    );
  }
  counts.rewritten.set(range, result);
}

class RangeCheck {
  #bytes = 0;
  #crc32 = 0;

  constructor(
    private readonly piece: Piece,
    private readonly range: PlannedRange,
  ) {}

  add(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    this.#crc32 = crc32(chunk, this.#crc32);
  }

  end(): number {
    const { key, length, offset } = sourceOf(this.piece)!;
    if (this.#bytes !== length) {
      throw new ShortRangeError(`${key}: ${this.#bytes} bytes from ${offset}, expected ${length}`);
    }
    if (length === this.range.bytes && this.#crc32 !== this.range.crc32) {
      throw new ChecksumMismatchError(key, this.range.crc32, this.#crc32);
    }
    return this.#bytes;
  }
}
