import { TerminalError } from '../errors.js';
import type { ObjectInfo } from './object-store.js';

/** The part of a wanted range that the object has. @throws TerminalError when it begins behind the object's end */
export function resolveRange(
  info: ObjectInfo,
  range: { offset: number; length?: number } = { offset: 0 },
): { offset: number; length: number } {
  const { offset, length = Number.POSITIVE_INFINITY } = range;
  if (offset < 0 || length < 0 || offset > info.bytes) {
    throw new TerminalError(
      `${info.key}: a range from byte ${offset} is outside the object's ${info.bytes} bytes`,
    );
  }
  return { offset, length: Math.min(length, info.bytes - offset) };
}
