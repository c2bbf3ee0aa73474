import type { Rules } from '../config/rules.js';
import type { ArchiveRef } from '../ingest/archive-ref.js';
import type { ArchiveFigures } from './archive-figures.js';

/** Extracts one archive: on a thread of its own, or right here. */
export interface Extractor {
  extract(task: ExtractTask, watch: ExtractWatch): Promise<ExtractedArchive>;
  close(): Promise<void>;
}

/** Plain data: it crosses a thread. */
export interface ExtractTask {
  partner: string;
  date: string;
  archive: ArchiveRef;
  rules: Rules;
  rulesId: string;
  /** It is committed, and segments of it have expired. */
  again?: boolean;
}

export interface ExtractWatch {
  signal: AbortSignal;
  /** Bytes of the archive read so far; at most once per MiB. */
  onProgress: (bytes: number) => void;
}

export interface ExtractedArchive {
  rows: number;
  findings: number;
  /** Absent: it had been committed before, and nothing was read. */
  figures?: ArchiveFigures;
}
