import { DamagedBodyError } from '../errors.js';
import { looksLikeMd5, md5 } from '../md5-etag.js';
import type { ObjectBody } from '../object-store.js';

/**
 * A whole object in memory, as the store has it: what is read so (manifests, plans, pointers) has no checksum of its own,
 * and one bit that fell over on the way would be believed. Where the ETag is no MD5, two equal readings are believed.
 * `read`: of this version, or of whichever is there.
 */
export async function readWhole(key: string, read: (etag?: string) => Promise<ObjectBody>): Promise<Buffer> {
  const first = await read();
  const { etag } = first.info;
  const bytes = await collect(first);
  if (!looksLikeMd5(etag) || md5Of(bytes) === etag) return bytes;
  const again = await collect(await read(etag));
  if (md5Of(again) === etag || again.equals(bytes)) return again;
  throw new DamagedBodyError(key, `two readings differ, and neither has the MD5 ${etag}`);
}

export async function collect({ stream }: ObjectBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function md5Of(bytes: Buffer): string {
  return md5().update(bytes).digest('hex');
}
