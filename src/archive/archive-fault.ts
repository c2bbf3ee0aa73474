import { TerminalError } from '../errors.js';
import type { FindingCode } from '../quality/finding.js';

/**
 * Why reading an archive stopped.
 * `cut`: what came before is sound and ends within something; whole members before it may be kept.
 * `reject`: nothing of the archive may be trusted.
 */
export class ArchiveFault extends TerminalError {
  constructor(
    readonly kind: 'cut' | 'reject',
    readonly code: FindingCode,
    readonly detail: string,
    /** Byte offset within the archive as it landed, where it is known. */
    readonly offset?: number,
  ) {
    super(detail);
  }
}

export function cut(code: FindingCode, detail: string, offset?: number): ArchiveFault {
  return new ArchiveFault('cut', code, detail, offset);
}

export function reject(code: FindingCode, detail: string, offset?: number): ArchiveFault {
  return new ArchiveFault('reject', code, detail, offset);
}
