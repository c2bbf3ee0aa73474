/** Others' CPU above this share of the cores, and a run was not undisturbed. */
const QUIET_SHARE = 0.1;

/**
 * Medians of a contestant's runs, and its wall time in relation to `base`: the median of the ratios within the rounds
 * in which both ran. Runs with a wrong result do not count.
 */
export function summarise(id, runs, base, cores) {
  const own = runs.filter((run) => run.id === id);
  const right = own.filter(({ problems }) => problems.length === 0);
  if (right.length === 0) return { runs: 0, problems: own.flatMap(({ problems }) => problems) };
  const ratiosOf = (figure) =>
    right.flatMap((run) => {
      const other = runs.find(
        ({ id, round, problems }) => id === base && round === run.round && problems.length === 0,
      );
      return other?.[figure] === undefined ? [] : [run[figure] / other[figure]];
    });
  const ratios = ratiosOf('wall');
  const durableRatios = ratiosOf('durable');
  const phases = right.flatMap((run) => (run.phases ? [run.phases] : []));
  return {
    runs: right.length,
    wrong: own.length - right.length,
    wall: median(right.map(({ wall }) => wall)),
    fastest: Math.min(...right.map(({ wall }) => wall)),
    slowest: Math.max(...right.map(({ wall }) => wall)),
    cpu: median(right.map(({ cpu }) => cpu)),
    rss: median(right.map(({ rss }) => rss)),
    disturbed: right.filter(({ others, wall }) => others > QUIET_SHARE * wall * cores).length,
    ...(ratios.length > 0 ? { ratio: median(ratios) } : {}),
    ...(durableRatios.length > 0
      ? { durable: median(right.map(({ durable }) => durable)), durableRatio: median(durableRatios) }
      : {}),
    ...(phases.length > 0 ? { phases: mediansOf(phases) } : {}),
  };
}

function mediansOf(records) {
  const keys = Object.keys(records[0]);
  return Object.fromEntries(keys.map((key) => [key, median(records.map((record) => record[key]))]));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
