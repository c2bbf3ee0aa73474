import { isUtf8 } from 'node:buffer';

/** U+FFFD, which decoders write for what they cannot decode. */
export const REPLACEMENT = Buffer.from('\ufffd');

/** Whether `bytes` is UTF-8, but for a character that is cut at its end. */
export function isUtf8Prefix(bytes: Uint8Array): boolean {
  return isUtf8(bytes.subarray(0, bytes.length - cutTail(bytes)));
}

/** Index of the first byte of the first sequence that is not UTF-8; -1 when all is. */
export function firstInvalidUtf8(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  // Valid up to `low`, not valid up to `high`; whole characters only at `low`.
  let low = 0;
  let high = bytes.length;
  while (high - low > 4) {
    const middle = low + ((high - low) >> 1);
    const part = bytes.subarray(low, middle);
    const whole = part.length - cutTail(part);
    if (isUtf8(part.subarray(0, whole))) {
      if (whole === 0) break;
      low += whole;
    } else high = middle;
  }
  for (let length = 1; low < bytes.length; length = 1) {
    while (length <= 4 && !isUtf8(bytes.subarray(low, low + length))) length++;
    if (length > 4) return low;
    low += length;
  }
  return low;
}

/** Bytes at the end that begin a character without finishing it (0-3). */
function cutTail(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
