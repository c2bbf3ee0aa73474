import type { SourceConfig } from '../../config/partner-config.js';
import { TerminalError } from '../../errors.js';
import { parseBusinessDate, parsePartner } from '../layout.js';

/** A key that is not below the source's landing prefix: another partner's, or hostile. */
export class ForeignKeyError extends TerminalError {}

const IN_PROGRESS = /\.(?:part|tmp)$/;

/** Where one source of a partner lands its archives for one date; ends with `/`. */
export class Landing {
  readonly prefix: string;
  readonly #archives: RegExp;

  constructor(
    readonly source: SourceConfig,
    partner: string,
    date: string,
  ) {
    this.prefix = source.landing
      .replaceAll('{partner}', parsePartner(partner))
      .replaceAll('{date}', parseBusinessDate(date));
    this.#archives = globToRegExp(source.archives);
  }

  /** Whether the key is an archive of this source (by its file name, in any sub-folder; uploads in progress are not). */
  isArchive(key: string): boolean {
    if (!key.startsWith(this.prefix) || IN_PROGRESS.test(key)) return false;
    return this.#archives.test(key.slice(key.lastIndexOf('/') + 1));
  }

  get markerKey(): string | undefined {
    return this.source.marker === undefined ? undefined : this.prefix + this.source.marker;
  }

  get manifestKey(): string | undefined {
    return this.source.manifest === undefined ? undefined : this.prefix + this.source.manifest;
  }

  /** The key of an announced name. Names are relative to the prefix; whole keys must lie below it. */
  keyOf(name: string): string {
    const foreign = name.startsWith('landing/') && !name.startsWith(this.prefix);
    const key = name.startsWith(this.prefix) ? name : this.prefix + name;
    if (foreign || key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new ForeignKeyError(`${JSON.stringify(name)} is not a key below ${this.prefix}`);
    }
    return key;
  }
}

function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`, 'u');
}
