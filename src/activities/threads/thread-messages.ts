import type { ExtractedArchive, ExtractTask } from '../extractor.js';

/** What a thread is started with. */
export interface ThreadData {
  storeUrl: string;
  env: Record<string, string>;
}

export type ToThread = { kind: 'extract'; task: ExtractTask } | { kind: 'abort' };

export type FromThread =
  | { kind: 'progress'; bytes: number }
  | { kind: 'done'; result: ExtractedArchive }
  | { kind: 'failed'; name: string; message: string; stack: string | undefined; transient: boolean }
  | { kind: 'aborted' };
