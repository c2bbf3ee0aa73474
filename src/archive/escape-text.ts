/** Control characters (C0, C1, DEL), line separators, bidi controls and other characters nobody sees. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text from outside, safe to print: one line, no terminal sequences, no reordering. */
export function escapeText(text: string): string {
  return text.replace(INVISIBLE, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
}

/** Whether `escapeText` would change it. */
export function hasInvisible(text: string): boolean {
  INVISIBLE.lastIndex = 0;
  return INVISIBLE.test(text);
}

/** Bytes that are not UTF-8, printable: ASCII as it is, the rest as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    text +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text;
}
