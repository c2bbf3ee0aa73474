import { StreamInflater } from '../../archive/inflate/stream-inflater.js';
import { readArchive } from '../../archive/read-archive.js';
import type { Rules } from '../../config/rules.js';
import type { FindingCode } from '../../quality/finding.js';
import { DamagedBodyError } from '../../store/errors.js';
import { type ReadLandedOptions, readLanded } from './read-landed.js';
import type { ScannedArchive } from './scan-archive.js';

export interface ReadAgainOptions extends ReadLandedOptions {
  readonly rules: Rules;
  /** What the first reading made of it. */
  readonly first: Pick<ScannedArchive<unknown>, 'sha256' | 'findings'>;
  /** Bytes of this reading so far; about once per MiB. */
  readonly onProgress?: (bytes: number) => void;
}

const PROGRESS_BYTES = 1024 * 1024;

/** What no name, header or limit is to blame for: the bytes themselves. */
const DAMAGED: readonly FindingCode[] = ['archive-corrupt', 'archive-cut', 'archive-trailing-data'];

/**
 * An archive is judged by what arrived and by what our own kernel inflates, and a bit that fell over on the way makes a
 * sound one look damaged. So before one is called bad its bytes are read once more, of the same ETag, and zlib is asked:
 * only what arrives twice is what landed, and only what neither can read is damaged.
 * @throws DamagedBodyError when the readings differ: another try will tell
 */
export async function requireSameAgain(options: ReadAgainOptions): Promise<void> {
  const { archive, rules, first } = options;
  let reported = 0;
  const again = await readArchive(
    readLanded(options),
    rules.limits,
    {
      entry: () => undefined,
      other: () => {},
      settle: async () => {},
      progress: (bytes) => {
        if (bytes - reported < PROGRESS_BYTES) return;
        reported = bytes;
        options.onProgress?.(bytes);
      },
    },
    () => new StreamInflater(),
  );
  if (again.sha256 !== first.sha256) {
    throw new DamagedBodyError(
      archive.key,
      `two readings of it differ (SHA-256 ${first.sha256} and ${again.sha256}), so nothing is said about it yet`,
    );
  }
  const damage = first.findings.find(({ code }) => DAMAGED.includes(code));
  if (damage === undefined || again.fault !== undefined) return;
  throw new DamagedBodyError(
    archive.key,
    `the first reading said "${damage.detail}" and zlib reads it without a fault, so nothing is said about it yet`,
  );
}
