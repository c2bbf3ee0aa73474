import { createHash, type Hash } from 'node:crypto';

const MD5 = /^[0-9a-f]{32}$/;

/**
 * Most ETags of objects that were put in one piece are the MD5 of their bytes. One that looks like it need not be
 * (encryption by a key of KMS): where it differs, a second reading tells.
 */
export function looksLikeMd5(etag: string): boolean {
  return MD5.test(etag);
}

/** What such an ETag is compared with, in hex. */
export function md5(): Hash {
  return createHash('md5');
}
