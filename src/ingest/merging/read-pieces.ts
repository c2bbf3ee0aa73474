import type { ObjectStore } from '../../store/object-store.js';
import type { Piece } from '../planning/plan-parts.js';

/** Pieces up to this size are fetched ahead; larger ones are streamed. */
const SMALL = 256 * 2 ** 10;
const AHEAD = 16;
const AHEAD_BYTES = 2 * 2 ** 20;

export interface SourceRange {
  key: string;
  etag: string;
  offset: number;
  length: number;
}

/** The bytes of one piece; each chunk is valid until the next is asked for. */
export interface PieceBytes {
  piece: Piece;
  chunks: AsyncIterable<Buffer> | Iterable<Uint8Array>;
}

/**
 * The sources of a worker run in order, each pinned by its ETag. Many small ranges are fetched side by side, within a
 * fixed budget, because a round trip each would take longer than the bytes.
 */
export async function* readPieces(
  store: ObjectStore,
  pieces: readonly Piece[],
  signal: AbortSignal | undefined,
): AsyncGenerator<PieceBytes> {
  const ahead = new Map<number, Promise<Buffer>>();
  let next = 0;
  let bytes = 0;
  for (const [index, piece] of pieces.entries()) {
    signal?.throwIfAborted();
    for (next = Math.max(next, index); next < pieces.length && ahead.size < AHEAD; next++) {
      const source = sourceOf(pieces[next]!);
      if (source === undefined) continue;
      if (source.length > SMALL || (ahead.size > 0 && bytes + source.length > AHEAD_BYTES)) break;
      const fetched = store.getBytes(source.key, options(source, signal));
      // Whoever awaits it sees the error; if nobody does any more, it is not an unhandled one.
      fetched.catch(() => undefined);
      ahead.set(next, fetched);
      bytes += source.length;
    }
    const source = sourceOf(piece);
    const fetched = ahead.get(index);
    if (piece.kind === 'header' || source === undefined) {
      yield { piece, chunks: piece.kind === 'header' ? [piece.bytes] : [] };
    } else if (fetched !== undefined) {
      const chunk = await fetched;
      ahead.delete(index);
      bytes -= source.length;
      yield { piece, chunks: [chunk] };
    } else {
      next = Math.max(next, index + 1);
      const { stream } = await store.get(source.key, { ...options(source, signal), reuse: true });
      yield { piece, chunks: stream };
    }
  }
}

export function sourceOf(piece: Piece): SourceRange | undefined {
  if (piece.kind === 'header') return undefined;
  const { key, etag } = piece.range;
  return piece.kind === 'verbatim'
    ? { key, etag, offset: piece.offset, length: piece.length }
    : { key, etag, offset: piece.range.offset, length: piece.range.bytes };
}

function options(source: SourceRange, signal: AbortSignal | undefined) {
  const { offset, length, etag } = source;
  return { range: { offset, length }, ifMatch: etag, ...(signal === undefined ? {} : { signal }) };
}
