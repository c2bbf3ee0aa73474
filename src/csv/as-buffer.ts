/** The same bytes as a buffer: a typed array's own `includes` is some 70 times slower than a buffer's. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
