/** A CRC32 as people and ETags have it: eight hexadecimal digits. */
export function crc32Hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
