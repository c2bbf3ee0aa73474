import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Writes piece by piece, waiting for the reader: memory stays small however much there is to say. */
export async function writeAll(
  stream: Writable,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  for await (const piece of pieces) {
    if (!stream.write(piece)) await once(stream, 'drain');
  }
}

/** Lines, gathered into pieces worth a write. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

const PIECE = 64 * 1024;
