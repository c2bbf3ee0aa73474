import { createHash } from 'node:crypto';
import type { Rules } from './rules.js';

/** Raised whenever the canonical form or the segment layout changes, so that old segments are never mixed with new ones. */
const FORMAT = 1;

/** 64 bits of a hash over everything that decides which bytes come out of an archive. Key order does not matter. */
export function rulesId(rules: Rules): string {
  return createHash('sha256')
    .update(`${FORMAT}\n${canonicalJson(rules)}`)
    .digest('hex')
    .slice(0, 16);
}

/** JSON with object keys in code-unit order: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}
