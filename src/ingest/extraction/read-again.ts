import { createHash } from 'node:crypto';
import { DamagedBodyError } from '../../store/errors.js';
import { type ReadLandedOptions, readLanded } from './read-landed.js';

export interface ReadAgainOptions extends ReadLandedOptions {
  /** Hex: of the bytes as they arrived the first time. */
  readonly sha256: string;
  /** Bytes of this reading so far; about once per MiB. */
  readonly onProgress?: (bytes: number) => void;
}

const PROGRESS_BYTES = 1024 * 1024;

/**
 * An archive is judged by what arrived, and a bit that fell over on the way makes a sound one look damaged. So before
 * one is called bad its bytes are read once more, of the same ETag: only what arrives twice is what landed.
 * @throws DamagedBodyError when the readings differ: another try will tell
 */
export async function requireSameAgain(options: ReadAgainOptions): Promise<void> {
  const { archive, sha256, onProgress } = options;
  const hash = createHash('sha256');
  let bytes = 0;
  let reported = 0;
  for await (const chunk of readLanded(options)) {
    hash.update(chunk);
    bytes += chunk.byteLength;
    if (bytes - reported < PROGRESS_BYTES) continue;
    reported = bytes;
    onProgress?.(bytes);
  }
  const again = hash.digest('hex');
  if (again === sha256) return;
  throw new DamagedBodyError(
    archive.key,
    `two readings of it differ (SHA-256 ${sha256} and ${again}), so nothing is said about it yet`,
  );
}
