/** Kept for the next to come, and what a single one of them may have; longer ones are left to the collector. */
const MAX_IDLE = 8;
const MAX_KEPT_BYTES = 2 * 1024 * 1024;
const LEAST_BYTES = 64 * 1024;

const idle: Uint8Array[] = [];

/**
 * At least so many bytes, with undefined content. Thousands of members a minute each need such memory for moments:
 * allocating it anew costs more than scanning them, most of it in the collector.
 */
export function takeSpare(bytes: number): Uint8Array {
  const fit = idle.findIndex((memory) => memory.byteLength >= bytes);
  if (fit >= 0) return idle.splice(fit, 1)[0]!;
  return Buffer.allocUnsafeSlow(Math.max(bytes, LEAST_BYTES));
}

/** Nothing may read or write it any more. */
export function giveSpare(memory: Uint8Array): void {
  if (memory.byteLength === 0 || memory.byteLength > MAX_KEPT_BYTES) return;
  if (idle.length < MAX_IDLE) idle.push(memory);
}
