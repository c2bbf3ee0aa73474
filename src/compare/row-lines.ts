import type { Values } from './csv-rows.js';

const SPECIAL = /[\t\n\r\\]/;
const ESCAPES: Record<string, string> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };
const MEANINGS: Record<string, string> = { '\\t': '\t', '\\n': '\n', '\\r': '\r', '\\\\': '\\' };

/** Values as one line without its end: equal values, equal lines. */
export function encodeLine(values: Values): string {
  const plain = values.every((value) => !SPECIAL.test(value));
  return (plain ? values : values.map((value) => value.replace(/[\t\n\r\\]/g, (one) => ESCAPES[one]!))).join(
    '\t',
  );
}

export function decodeLine(line: string): Values {
  const values = line.split('\t');
  return line.includes('\\')
    ? values.map((value) => value.replace(/\\[tnr\\]/g, (two) => MEANINGS[two]!))
    : values;
}

/** Of a line the part that holds its first `count` values. */
export function keyOfLine(line: string, count: number): string {
  let end = -1;
  for (let seen = 0; seen < count; seen++) {
    end = line.indexOf('\t', end + 1);
    if (end === -1) return line;
  }
  return line.slice(0, end);
}

/** 32 bits; another `level` spreads the same texts in another way. */
export function hashText(text: string, level: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(level + 1, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return hash >>> 0;
}
