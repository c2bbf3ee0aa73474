/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** By linear interpolation between neighbours; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const next = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[next]! - sorted[low]!);
}

/** Makes the median of absolute residuals, and their 90 % quantile, the standard deviation of a normal distribution. */
const MEDIAN_TO_SIGMA = 1.4826;
const NINETY_TO_SIGMA = 0.608;

/**
 * How far residuals usually lie from 0, as a standard deviation. The median does not mind a few incidents; the 90 %
 * quantile sees what it does not: heavy tails, and series in which more than half of the values are alike.
 */
export function robustSpread(residuals: readonly number[]): number {
  const distances = residuals.map(Math.abs);
  return Math.max(MEDIAN_TO_SIGMA * median(distances), NINETY_TO_SIGMA * quantile(distances, 0.9));
}
