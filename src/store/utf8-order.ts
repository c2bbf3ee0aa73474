/**
 * Compares two strings by their UTF-8 bytes, without encoding them: the order in which stores list keys. It differs
 * from `<` only above U+D800, where UTF-16 puts surrogates before U+E000..U+FFFF and UTF-8 puts them after.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Orders things with a key as stores list them. */
export function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  return compareUtf8(a.key, b.key);
}
