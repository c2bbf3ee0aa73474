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

/** JSON with object keys in one order: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inKeyOrder(value));
}

/** Copies only what is not in order: plans have a million objects that are. */
function inKeyOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const item = inKeyOrder(value[index]);
      if (item !== value[index]) copy ??= value.slice();
      if (copy) copy[index] = item;
    }
    return copy ?? value;
  }
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  let changed = false;
  const items = keys.map((key, index) => {
    const item = inKeyOrder(object[key]);
    changed ||= item !== object[key] || (index > 0 && keys[index - 1]! > key);
    return [key, item] as const;
  });
  if (!changed) return object;
  return Object.fromEntries(items.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
