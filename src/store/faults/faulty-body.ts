import type { FaultRule } from './fault-spec.js';

/** A body of `bytes` bytes that breaks off, or in which one bit is another one, at a share of its length. */
export async function* faultyBody(
  stream: AsyncIterable<Buffer>,
  bytes: number,
  { fault, at }: Pick<FaultRule, 'fault' | 'at'>,
  failure: () => Error,
): AsyncGenerator<Buffer> {
  const position = Math.min(Math.floor(bytes * at), Math.max(0, bytes - 1));
  let passed = 0;
  for await (const chunk of stream) {
    const here = position - passed;
    passed += chunk.length;
    if (here < 0 || here >= chunk.length) {
      yield chunk;
    } else if (fault === 'flip') {
      yield flipped(chunk, here);
    } else {
      if (here > 0) yield chunk.subarray(0, here);
      throw failure();
    }
  }
}

/** A copy: the chunk may be the store's own memory. */
export function flipped(bytes: Buffer, position: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[position]! ^= 0x10;
  return copy;
}
