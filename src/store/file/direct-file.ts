import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from './write-error.js';

/** Direct I/O moves whole blocks, to and from addresses that are a multiple of them. */
export const BLOCK_BYTES = 4096;

/** Absent on systems without it. */
const O_DIRECT: number | undefined = constants.O_DIRECT;

/**
 * Opens a file around the page cache; `undefined` where the system or the file system cannot.
 *
 * Segments and tables are written once and read at most once, days of them are larger than the memory: in the page
 * cache they would only push out what others need, and finding room for every page takes longer than writing it.
 */
export async function openDirect(path: string, flags: number): Promise<FileHandle | undefined> {
  if (O_DIRECT === undefined) return undefined;
  try {
    return await open(path, flags | O_DIRECT);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** Some file systems open a file that way, and refuse what is then asked of it. */
export function isRefused(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'EINVAL' || code === 'ENOTSUP' || code === 'EOPNOTSUPP';
}

export function blockFloor(position: number): number {
  return position - (position % BLOCK_BYTES);
}

export function blockCeil(position: number): number {
  return blockFloor(position + BLOCK_BYTES - 1);
}
