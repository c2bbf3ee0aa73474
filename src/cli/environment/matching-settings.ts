/**
 * What a Temporal server needs so that partners take their turns: the first two are off by default, and without them
 * fairness keys are ignored. Turns and priorities are kept within a partition, and a queue has four by default; of each
 * of ours, at some hundred tasks a minute, one is enough.
 */
export const MATCHING_SETTINGS = {
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
} as const;

/** As arguments of the development server. */
export function matchingFlags(): string[] {
  return Object.entries(MATCHING_SETTINGS).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${value}`,
  ]);
}
