import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../errors.js';

/** How a broken transfer is taken up again. */
export interface ResumePolicy {
  /** Tries in a row that bring not one byte, before giving up. Default 5. */
  readonly triesWithoutProgress: number;
  /** Wait before a try, doubled for each one without progress, in ms. Default 100. */
  readonly backoffMs: number;
  /** A transfer that brings nothing for so long counts as broken, in ms. Default 60,000. */
  readonly stallMs: number;
}

export const DEFAULT_RESUME: ResumePolicy = { triesWithoutProgress: 5, backoffMs: 100, stallMs: 60_000 };

/** A response body: chunks, and a way to drop the connection. */
export type Body = AsyncIterable<Uint8Array> & { destroy?: (error?: Error) => unknown };

/**
 * Exactly the bytes `[offset, offset + length)`, whatever the connection does: the SDK does not retry a body that has
 * begun, so a broken one is asked for again from the last byte that was handed out.
 * `request` must pin the object's version and throws domain errors; terminal ones end the stream, others count as tries.
 */
export async function* resumingBody(
  first: Body,
  range: { offset: number; length: number },
  request: (offset: number, length: number) => Promise<Body>,
  policy: ResumePolicy,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const end = range.offset + range.length;
  let position = range.offset;
  let body: Body | undefined = first;
  let fruitless = 0;
  while (position < end) {
    const before = position;
    let failure: unknown;
    try {
      body ??= await request(position, end - position);
      for await (const chunk of untilStalled(body, policy.stallMs)) {
        // A server that sends more than was asked for must not shift what follows.
        const wanted = chunk.subarray(0, end - position);
        if (wanted.length === 0) continue;
        position += wanted.length;
        yield wanted;
        signal?.throwIfAborted();
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof DomainError && !error.transient) throw error;
      failure = error;
    } finally {
      body?.destroy?.();
      body = undefined;
    }
    if (position === end) return;
    fruitless = position > before ? 0 : fruitless + 1;
    if (fruitless >= policy.triesWithoutProgress) {
      throw failure ?? new Error(`the body ended after ${position - range.offset} of ${range.length} bytes`);
    }
    await sleep(policy.backoffMs * 2 ** fruitless * (0.5 + Math.random() / 2), undefined, { signal }).catch(
      () => {
        throw signal?.reason;
      },
    );
  }
  first.destroy?.();
}

/** Only time spent waiting for the server counts, not the consumer's. */
async function* untilStalled(body: Body, stallMs: number): AsyncGenerator<Buffer> {
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    const timer = setTimeout(() => body.destroy?.(new Error(`no byte arrived for ${stallMs} ms`)), stallMs);
    let next: IteratorResult<Uint8Array>;
    try {
      next = await iterator.next();
    } finally {
      clearTimeout(timer);
    }
    if (next.done) return;
    const { buffer, byteOffset, byteLength } = next.value;
    yield Buffer.from(buffer, byteOffset, byteLength);
  }
}
