import { createKernelProjection } from '../../csv/kernel/kernel-projection.js';
import { BrokenRowsError } from '../../csv/projection.js';
import { TransientError } from '../../errors.js';
import { combineCrc32, crc32 } from '../../store/crc32.js';
import { ChecksumMismatchError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { PlannedRange } from '../planning/plan.js';
import type { Piece } from '../planning/plan-parts.js';
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

/** Valid until the next is asked for. */
export interface OutputChunk {
  readonly bytes: Uint8Array;
  readonly crc32: number;
}

/**
 * The output of a worker run, chunk by chunk. Every source is checked against its plan: length, CRC32 (of whole
 * ranges) and, where it is rewritten, rows.
 * @throws ShortRangeError, ChecksumMismatchError, BrokenRowsError
 */
export async function* runPieces(pieces: readonly Piece[], context: RunContext): AsyncGenerator<OutputChunk> {
  for await (const source of readPieces(context.store, pieces, context.signal)) {
    if (source.piece.kind === 'rewrite') yield* rewrite(source.piece.range, source, context);
    else yield* verbatim(source, context);
  }
}

async function* verbatim({ piece, chunks }: PieceBytes, { counts }: RunContext): AsyncGenerator<OutputChunk> {
  if (piece.kind !== 'verbatim') {
    for await (const bytes of chunks) yield { bytes, crc32: crc32(bytes) };
    return;
  }
  const check = new RangeCheck(piece, piece.range);
  for await (const bytes of chunks) yield { bytes, crc32: check.add(bytes) };
  counts.workerBytes += check.end();
}

async function* rewrite(
  range: PlannedRange,
  { piece, chunks }: PieceBytes,
  { counts, headers }: RunContext,
): AsyncGenerator<OutputChunk> {
  const projection = createKernelProjection(headers[range.header]!, headers[0]!);
  const check = new RangeCheck(piece, range);
  const result = { bytes: 0, rows: 0, crc32: 0 };
  for await (const chunk of chunks) {
    check.add(chunk);
    const bytes = projection.write(chunk);
    const crc = crc32(bytes);
    result.bytes += bytes.byteLength;
    result.crc32 = combineCrc32(result.crc32, crc, bytes.byteLength);
    yield { bytes, crc32: crc };
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

  /** @returns the chunk's CRC32 */
  add(chunk: Uint8Array): number {
    const crc = crc32(chunk);
    this.#bytes += chunk.byteLength;
    this.#crc32 = combineCrc32(this.#crc32, crc, chunk.byteLength);
    return crc;
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
