import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { partnerPrefix } from '../layout.js';

/** A multipart upload that nobody came back to; the store keeps (and bills) its parts until it is aborted. */
export interface AbandonedUpload {
  readonly key: string;
  readonly startedAt: string;
}

export interface SweepUploadsInput {
  readonly store: ObjectStore;
  readonly partner: string;
  readonly now: Date;
  readonly isRunning: (date: string) => Promise<boolean>;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

const ABANDONED_MS = 86_400_000;

/** Aborts uploads below the partner's prefix that were begun more than a day ago, but for those of running days. */
export async function sweepUploads(input: SweepUploadsInput): Promise<AbandonedUpload[]> {
  const { store, partner, now, dryRun } = input;
  const call: CallOptions = input.signal === undefined ? {} : { signal: input.signal };
  const prefix = partnerPrefix(partner);
  const abandoned: AbandonedUpload[] = [];
  for await (const upload of store.listUploads(prefix, call)) {
    if (now.getTime() - upload.startedAt.getTime() < ABANDONED_MS) continue;
    if (await input.isRunning(upload.key.slice(prefix.length).split('/')[0]!)) continue;
    if (!dryRun) await store.abortUpload(upload, call);
    abandoned.push({ key: upload.key, startedAt: upload.startedAt.toISOString() });
  }
  return abandoned;
}
