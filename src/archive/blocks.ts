/**
 * Passes bytes on in blocks of exactly `blockBytes`, the last one excepted: what comes after sees the same blocks
 * whatever pieces the bytes arrived in. Whole blocks inside a piece are not copied.
 */
export async function* inBlocks(
  input: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncGenerator<Uint8Array> {
  let block = Buffer.alloc(0);
  let filled = 0;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.byteLength; ) {
      const take = Math.min(blockBytes - filled, chunk.byteLength - at);
      const piece = chunk.subarray(at, at + take);
      at += take;
      if (take === blockBytes) {
        yield piece;
        continue;
      }
      // A fresh buffer each: the last one may still be read by whoever took it.
      if (filled === 0) block = Buffer.allocUnsafe(blockBytes);
      block.set(piece, filled);
      filled += take;
      if (filled === blockBytes) {
        filled = 0;
        yield block;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
