import { createHash } from 'node:crypto';
import { DamagedBodyError } from '../errors.js';
import type { ObjectBody } from '../object-store.js';

const MD5 = /^[0-9a-f]{32}$/;

/**
 * A whole object in memory, as the store has it: what is read so (manifests, plans, pointers) has no checksum of its own,
 * and one bit that fell over on the way would be believed. Most ETags of objects put in one piece are the MD5 of their
 * bytes; where one is not (encryption by a key of KMS), two equal readings are believed.
 * `read`: of this version, or of whichever is there.
 */
export async function readWhole(key: string, read: (etag?: string) => Promise<ObjectBody>): Promise<Buffer> {
  const first = await read();
  const { etag } = first.info;
  const bytes = await collect(first);
  if (!MD5.test(etag) || md5(bytes) === etag) return bytes;
  const again = await collect(await read(etag));
  if (md5(again) === etag || again.equals(bytes)) return again;
  throw new DamagedBodyError(key, `two readings differ, and neither has the MD5 ${etag}`);
}

export async function collect({ stream }: ObjectBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
