import { stripVTControlCharacters } from 'node:util';

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Columns a terminal uses for the text: colours use none, Korean and Chinese letters two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mn}/u.test(character)) continue;
    width += WIDE.test(character) || character.codePointAt(0)! > 0x1f2ff ? 2 : 1;
  }
  return width;
}

/** The longest beginning that fits, with colours closed. */
export function fitTo(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const plain = stripVTControlCharacters(text);
  let width = 0;
  let end = 0;
  for (const character of plain) {
    const next = width + textWidth(character);
    if (next > columns - 1) break;
    width = next;
    end += character.length;
  }
  return `${plain.slice(0, end)}…`;
}
