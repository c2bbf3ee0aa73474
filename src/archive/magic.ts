const CONTAINERS: readonly { name: string; at?: number; magic: string }[] = [
  { name: 'a gzip', magic: '\x1f\x8b' },
  { name: 'a zip archive', magic: 'PK\x03\x04' },
  { name: 'an empty zip archive', magic: 'PK\x05\x06' },
  { name: 'a bzip2 file', magic: 'BZh' },
  { name: 'an xz file', magic: '\xfd7zXZ\0' },
  { name: 'a zstd file', magic: '\x28\xb5\x2f\xfd' },
  { name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c' },
  { name: 'a rar archive', magic: 'Rar!\x1a\x07' },
  { name: 'a plain tar', at: 257, magic: 'ustar' },
  { name: 'a PDF file', magic: '%PDF-' },
];

/** Bytes `nameContainer` wants to see, unless there are fewer. */
export const MAGIC_BYTES = 512;

/** What a file is, by its first bytes; `undefined` when nothing known begins so. */
export function nameContainer(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const known = CONTAINERS.find(({ at = 0, magic }) => text.startsWith(magic, at));
  if (known) return known.name;
  const start = text
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .slice(0, 32)
    .toLowerCase();
  if (/^<(!doctype html|html|head|body)/.test(start)) return 'an HTML page';
  if (start.startsWith('<?xml')) return 'an XML document';
  return undefined;
}

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
