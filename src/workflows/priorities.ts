/**
 * What goes first where workers are scarce; days as they open have 3, the server's default. Among work of the same
 * priority partners take turns (`fairnessKey`). Children and activities inherit it.
 */
export const PRIORITY = {
  /** Somebody waits for one table, or for archives read by corrected rules. */
  rerun: 1,
  /** Days of the past wait for today's. */
  backfill: 5,
} as const;
