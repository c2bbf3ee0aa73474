import { hash } from 'node:crypto';
import { z } from 'zod';

/** One landed object, pinned: key, ETag and size are its identity. */
export const archiveRefSchema = z.object({
  source: z.string(),
  /** Relative to the store's root. */
  key: z.string(),
  etag: z.string(),
  bytes: z.number().int().nonnegative(),
});
export type ArchiveRef = z.infer<typeof archiveRefSchema>;

/** 128 bits of SHA-256 over the identity, in hex: safe as a key segment whatever the landed name contains. */
export function archiveId(archive: Pick<ArchiveRef, 'key' | 'etag' | 'bytes'>): string {
  return hash('sha256', `${archive.key}\0${archive.etag}\0${archive.bytes}`).slice(0, 32);
}
