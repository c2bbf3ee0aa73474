/**
 * How much data a benchmark runs on. A member is one CSV file in an archive; `rows` are those of one member, per table.
 * Sizes in bytes depend on the rows alone, so they are the same everywhere.
 */
const ROWS = { flights: 55_000, strikes: 4_900, weather: 16_000, airports: 9_000 };

export const SIZES = {
  /** A smoke test of the bench itself: its figures mean nothing. */
  tiny: { archives: 3, membersPerTable: 4, rows: scaled(0.05) },
  small: { archives: 4, membersPerTable: 6, rows: scaled(0.8) },
  std: { archives: 12, membersPerTable: 20, rows: ROWS },
  large: { archives: 50, membersPerTable: 20, rows: ROWS },
  /** For memory.mjs: ten times the archives, and fifty times the bytes in one archive, must not take more of it. */
  ten: { archives: 10, membersPerTable: 4, rows: ROWS },
  hundred: { archives: 100, membersPerTable: 4, rows: ROWS },
  'one-short': { archives: 1, membersPerTable: 18, rows: ROWS },
  'one-long': { archives: 1, membersPerTable: 920, rows: ROWS },
};

export const TABLES = Object.keys(ROWS);
export const PARTNER = 'skyways';
export const DATE = '2025-05-01';
export const SEED = 20250501;

export function sizeOf(name) {
  const size = SIZES[name];
  if (size === undefined) throw new Error(`size ${name}: expected one of ${Object.keys(SIZES).join(', ')}`);
  return { name, ...size };
}

function scaled(factor) {
  return Object.fromEntries(Object.entries(ROWS).map(([table, rows]) => [table, Math.round(rows * factor)]));
}
