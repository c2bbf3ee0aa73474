/** S3's forms of our values: quoted ETags, base64 big-endian CRC32s, encoded copy sources. */

export function fromS3Etag(etag: string | undefined): string {
  return (etag ?? '').replace(/^"(.*)"$/, '$1');
}

export function toS3Etag(etag: string): string {
  return `"${etag}"`;
}

export function fromS3Crc32(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === 4 ? bytes.readUInt32BE() : undefined;
}

export function toS3Crc32(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

/** A copy source travels in a header: everything but the slashes is percent-encoded. */
export function toCopySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

export function toRangeHeader(offset: number, length: number | undefined): string {
  return `bytes=${offset}-${length === undefined ? '' : offset + length - 1}`;
}

/** Total size from `bytes 5-9/100`. */
export function totalOf(contentRange: string | undefined): number | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '');
  return match === null ? undefined : Number(match[3]);
}

export function startOf(contentRange: string | undefined): number | undefined {
  const match = /^bytes (\d+)-/.exec(contentRange ?? '');
  return match === null ? undefined : Number(match[1]);
}
