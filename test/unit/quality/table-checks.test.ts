import { describe, expect, it } from 'vitest';
import type { Plan, TableHead } from '../../../src/ingest/plan.js';
import { compareRatio } from '../../../src/quality/ratio.js';
import { missingFilesFinding, nullRatioFindings } from '../../../src/quality/table-checks.js';

function table(rows: number, nulls: number[]): TableHead {
  return {
    format: 1,
    table: 'orders',
    version: 1,
    columns: nulls.map((_, index) => `c${index}`),
    rows,
    members: { merged: 1, quarantined: 0, duplicate: 0 },
    rowsRead: rows,
    rowsQuarantined: 0,
    rowsDuplicate: 0,
    nulls,
    types: nulls.map(() => 'text'),
    headerConsistent: true,
    missingFields: [],
    changes: [],
    findings: [],
  };
}

function day(missing: number, expected: number): Plan {
  return {
    archives: Array.from({ length: missing }, (_, n) => ({ source: 'main', key: `${n}`, fate: 'missing' })),
    arrivals: { announced: expected, landed: expected - missing, archives: expected, expected, unnamed: 0 },
  } as unknown as Plan;
}

describe('the null ratio', () => {
  it('is reported at the threshold and not below it, exactly', () => {
    expect(nullRatioFindings(table(10, [2, 2]), 0.2).map(({ column }) => column)).toEqual([
      undefined,
      'c0',
      'c1',
    ]);
    expect(nullRatioFindings(table(10, [2, 1]), 0.2).map(({ column }) => column)).toEqual(['c0']);
    expect(nullRatioFindings(table(1_000_000_000, [199_999_999]), 0.2)).toEqual([]);
  });

  it('of no rows is nothing to report', () => {
    expect(nullRatioFindings(table(0, [0]), 0)).toEqual([]);
  });
});

describe('missing archives', () => {
  it('are reported from 5 % on, exactly', () => {
    expect(missingFilesFinding(day(2, 40), 0.05)).toMatchObject({
      count: 2,
      detail: expect.stringContaining('5.0%'),
    });
    expect(missingFilesFinding(day(2, 41), 0.05)).toBeUndefined();
    expect(missingFilesFinding(day(0, 40), 0)).toBeUndefined();
  });
});

describe('a ratio against a threshold', () => {
  it.each([
    [1, 5, 0.2, 0],
    [3, 10, 0.3, 0],
    [7, 10, 0.1 * 7, -1],
    [1, 10_000_000, 1e-7, 0],
    [0, 0, 0, 0],
    [0, 0, 0.1, -1],
    [9_007_199_254_740_990, 9_007_199_254_740_991, 1, -1],
  ])('%d / %d against %d is %d', (part, whole, threshold, expected) => {
    expect(Math.sign(compareRatio(part, whole, threshold))).toBe(expected);
  });
});
