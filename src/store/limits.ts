import { TerminalError } from '../errors.js';
import type { MultipartLimits, UploadedPart } from './object-store.js';

/** Refuses a list of parts that the store could not complete. @throws TerminalError */
export function requireWithinLimits(
  key: string,
  parts: readonly UploadedPart[],
  limits: MultipartLimits,
): void {
  if (parts.length === 0) throw new TerminalError(`${key}: an upload needs at least one part`);
  if (parts.length > limits.maxParts) {
    throw new TerminalError(`${key}: expected at most ${limits.maxParts} parts, got ${parts.length}`);
  }
  parts.forEach((part, index) => {
    const previous = parts[index - 1];
    if (previous !== undefined && previous.part >= part.part) {
      throw new TerminalError(`${key}: part ${part.part} is listed after part ${previous.part}`);
    }
  });
  let total = 0;
  parts.forEach((part, index) => {
    if (part.bytes < limits.minPartBytes && index < parts.length - 1) {
      throw new TerminalError(
        `${key}: part ${part.part} has ${part.bytes} bytes; all but the last need at least ${limits.minPartBytes}`,
      );
    }
    if (part.bytes > limits.maxPartBytes) {
      throw new TerminalError(
        `${key}: part ${part.part} has ${part.bytes} bytes; at most ${limits.maxPartBytes} fit`,
      );
    }
    total += part.bytes;
  });
  if (total > limits.maxObjectBytes) {
    throw new TerminalError(`${key}: ${total} bytes; the store's largest object is ${limits.maxObjectBytes}`);
  }
}

/** @throws TerminalError unless 1 <= part <= maxParts */
export function requirePartNumber(key: string, part: number, limits: MultipartLimits): void {
  if (Number.isInteger(part) && part >= 1 && part <= limits.maxParts) return;
  throw new TerminalError(`${key}: expected a part number from 1 to ${limits.maxParts}, got ${part}`);
}
