/**
 * Compares `part / whole` with a threshold in whole numbers: negative, 0 or positive. A decimal threshold such as 0.2
 * means exactly one fifth, not the nearest binary fraction. Nothing of nothing is 0.
 */
export function compareRatio(part: number, whole: number, threshold: number): number {
  const [numerator, denominator] = fraction(threshold);
  const left = BigInt(whole === 0 ? 0 : part) * denominator;
  const right = BigInt(whole === 0 ? 1 : whole) * numerator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `part / whole` in per cent with one decimal, half up: `17.2%`. Nothing of nothing is `0.0%`. */
export function formatPercent(part: number, whole: number): string {
  if (whole === 0) return '0.0%';
  const tenths = (BigInt(part) * 2000n + BigInt(whole)) / (2n * BigInt(whole));
  return `${tenths / 10n}.${tenths % 10n}%`;
}

/** A threshold as people write it: `20%`, `0.5%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`;
}

function fraction(decimal: number): [bigint, bigint] {
  const [mantissa, exponent] = decimal.toExponential().split('e') as [string, string];
  const [whole, fractional = ''] = mantissa.split('.') as [string, string?];
  const scale = Number(exponent) - fractional.length;
  const digits = BigInt(whole + fractional);
  return scale >= 0 ? [digits * 10n ** BigInt(scale), 1n] : [digits, 10n ** BigInt(-scale)];
}
