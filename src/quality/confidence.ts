/**
 * How sure it is, at least, that a value so many standard deviations from the expected one is no accident: a bound that
 * holds for every distribution with one peak (Vysochanskij and Petunin), and never more than so many earlier days can
 * show. 0 below two deviations, of which it says little.
 */
export function confidenceOf(deviations: number, days: number): number {
  const distance = Math.abs(deviations);
  if (distance < 2) return 0;
  const bound = Math.min(1 - 4 / (9 * distance ** 2), days / (days + 1));
  return Math.floor(bound * 100) / 100;
}
