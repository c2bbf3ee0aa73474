import { setImmediate as turn } from 'node:timers/promises';
import { type ArchiveFault, cut, reject } from './archive-fault.js';
import { inBlocks } from './blocks.js';
import type { Inflater, ZlibFailure } from './inflate/inflater.js';
import { KernelInflater } from './inflate/kernel-inflater.js';

/** What the inflater is given at a time: always the same, because what zlib yields before an error depends on it. */
const INPUT_BLOCK_BYTES = 64 * 1024;
/**
 * After so long the event loop gets its turn, even if more input is there already: it is where writes end, and with
 * fewer turns the next ones begin late.
 */
const TURN_MS = 1;

/**
 * Inflates gzip members one after the other, in constant memory. The CRC32 and length of every member are checked;
 * zero padding after the last is accepted, anything else after it is not.
 * A chunk is valid until the next is asked for. Everything inflated from a block of input is yielded before the next
 * one is taken, so that all that can be read of a cut archive has been yielded when the fault is thrown.
 * @throws ArchiveFault `cut` when the input ends within a member; `reject` when the bytes are not what was compressed
 */
export async function* gunzip(
  input: AsyncIterable<Uint8Array>,
  inflater: Inflater = new KernelInflater(),
): AsyncGenerator<Buffer> {
  let given = 0;
  let endedAt: number | undefined;
  let turned = performance.now();
  try {
    for await (const block of inBlocks(input, INPUT_BLOCK_BYTES)) {
      if (endedAt === undefined) {
        yield* inflater.write(block);
        given += block.byteLength;
        if (inflater.failure) throw faultOf(inflater.failure, inflater.consumed);
        if (inflater.isPadding) endedAt = inflater.consumed;
      } else given += block.byteLength;
      if (endedAt !== undefined) requireZeros(block, given - block.byteLength, endedAt);
      if (performance.now() - turned > TURN_MS) {
        await turn();
        turned = performance.now();
      }
    }
    if (endedAt !== undefined) return;
    yield* inflater.end();
    if (inflater.failure) throw faultOf(inflater.failure, inflater.consumed);
  } finally {
    inflater.destroy();
  }
}

/** `offset`: of the block in the archive. Only what lies behind `endedAt` is padding. */
function requireZeros(block: Uint8Array, offset: number, endedAt: number): void {
  const start = Math.max(0, endedAt - offset);
  const bad = block.subarray(start).findIndex((byte) => byte !== 0);
  if (bad >= 0) throw reject('archive-trailing-data', 'data after the end of the gzip', offset + start + bad);
}

function faultOf({ message, code }: ZlibFailure, offset: number): ArchiveFault | Error {
  if (code === 'Z_BUF_ERROR') return cut('archive-cut', 'the gzip ends before it is complete', offset);
  if (!code.startsWith('Z_') || code === 'Z_MEM_ERROR') return new Error(`zlib: ${message} (${code})`);
  // The first member's magic was checked before, so a bad one means that something else follows a good member.
  if (message.includes('incorrect header check')) {
    return reject('archive-trailing-data', 'data after the end of the gzip', offset);
  }
  return reject('archive-corrupt', `the gzip is damaged: ${message}`, offset);
}
