type Numbers = readonly number[] | Float64Array;

/** The middle value of a range, or the mean of the two in the middle; NaN of nothing. */
export function median(values: Numbers, start = 0, end = values.length): number {
  const count = end - start;
  if (count <= 0) return Number.NaN;
  const sorted = inOrder(values, start, end);
  const middle = count >> 1;
  return count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** By linear interpolation between neighbours; NaN of nothing. */
export function quantile(values: Numbers, share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = inOrder(values, 0, values.length);
  const at = share * (values.length - 1);
  const low = Math.floor(at);
  const next = Math.min(low + 1, values.length - 1);
  return sorted[low]! + (at - low) * (sorted[next]! - sorted[low]!);
}

let scratch = new Float64Array(512);

/** By insertion, into memory that is used again: these lists are short, and a day has a hundred thousand of them. */
function inOrder(values: Numbers, start: number, end: number): Float64Array {
  const count = end - start;
  if (count > scratch.length) scratch = new Float64Array(2 * count);
  const sorted = scratch;
  for (let index = 0; index < count; index++) {
    const value = values[start + index]!;
    let at = index;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return sorted;
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
