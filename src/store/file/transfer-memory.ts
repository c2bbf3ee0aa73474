/** The part of the platform's WebAssembly used here; Node's own types leave it to the DOM's. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/** What one transfer moves at a time. Larger ones gain nothing; many of them are in use at once. */
export const TRANSFER_BYTES = 512 * 1024;
const PAGE_BYTES = 64 * 1024;
/** Kept for the next to come; more than these are in use only for moments. */
const MAX_IDLE = 20;

const idle: Buffer[] = [];

/**
 * `TRANSFER_BYTES` at an address that direct I/O accepts, with undefined content. Node cannot be asked for aligned
 * memory, but what WebAssembly gets begins at a page. It is used again: give it back when nothing reads or writes it
 * any more.
 */
export function takeMemory(): Buffer {
  const pages = TRANSFER_BYTES / PAGE_BYTES;
  return idle.pop() ?? Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
}

export function giveBack(memory: Buffer): void {
  if (idle.length < MAX_IDLE) idle.push(memory);
}
