import { gzipSync } from 'node:zlib';

/** What one raw header says. Whatever is left out is sound. */
export interface RawHeader {
  name?: string | Buffer;
  /** The number written in octal, or the 12 raw bytes of the field. */
  size?: number | Buffer;
  type?: string;
  linkname?: string;
  magic?: 'ustar' | 'gnu' | 'v7';
  prefix?: string;
  /** Written instead of the right one; `signed`: as old tars summed it. */
  checksum?: number | 'signed';
}

/** One 512-byte header. */
export function tarHeader(header: RawHeader): Buffer {
  const { name = 'file', size = 0, type = '0', linkname = '', magic = 'ustar', prefix = '' } = header;
  const block = Buffer.alloc(512);
  put(block, name, 0, 100);
  put(block, '0000644\0', 100, 8);
  put(block, '0000000\0', 108, 8);
  put(block, '0000000\0', 116, 8);
  put(block, Buffer.isBuffer(size) ? size : `${size.toString(8).padStart(11, '0')}\0`, 124, 12);
  put(block, '00000000000\0', 136, 12);
  put(block, type, 156, 1);
  put(block, linkname, 157, 100);
  if (magic === 'ustar') put(block, 'ustar\x0000', 257, 8);
  if (magic === 'gnu') put(block, 'ustar  \0', 257, 8);
  put(block, prefix, 345, 155);
  block.fill(0x20, 148, 156);
  const signed = header.checksum === 'signed';
  const right = block.reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0);
  const sum = typeof header.checksum === 'number' ? header.checksum : right;
  put(block, `${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

export function padded(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** A regular file: header, data, padding. `header` overrides what follows from name and data. */
export function tarFile(name: string | Buffer, data: string | Buffer, header: RawHeader = {}): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([tarHeader({ name, size: bytes.length, ...header }), padded(bytes)]);
}

export function paxRecord(key: string, value: string | Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return Buffer.concat([Buffer.from(String(length)), body]);
}

/** A PAX header (`x`, or `g` for all that follow) with these records, or with this raw body. */
export function pax(records: Record<string, string | Buffer> | Buffer, type: 'x' | 'g' = 'x'): Buffer {
  const body = Buffer.isBuffer(records)
    ? records
    : Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  return tarFile('PaxHeader', body, { type });
}

/** GNU long name (`L`) or long link (`K`). */
export function gnuLong(name: string | Buffer, type: 'L' | 'K' = 'L'): Buffer {
  return tarFile('././@LongLink', Buffer.concat([Buffer.from(name), Buffer.alloc(1)]), {
    type,
    magic: 'gnu',
  });
}

export const END_MARKER = Buffer.alloc(1024);

/** A whole tar of these pieces. */
export function tar(...pieces: Buffer[]): Buffer {
  return Buffer.concat([...pieces, END_MARKER]);
}

export function tarGz(...pieces: Buffer[]): Buffer {
  return gzipSync(tar(...pieces));
}

function put(block: Buffer, value: string | Buffer, at: number, length: number): void {
  Buffer.from(value).subarray(0, length).copy(block, at);
}
