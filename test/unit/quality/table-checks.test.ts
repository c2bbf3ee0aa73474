import { describe, expect, it } from 'vitest';
import type { Completeness } from '../../../src/ingest/arrivals/completeness.js';
import type { Plan, TableHead } from '../../../src/ingest/planning/plan.js';
import { missingArchiveFindings } from '../../../src/quality/missing-archives.js';
import { compareRatio } from '../../../src/quality/ratio.js';
import { nullRatioFindings } from '../../../src/quality/table-checks.js';
import { partnerConfig } from '../../support/partner.js';

const QUALITY = partnerConfig().quality;

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
    const quality = QUALITY;
    expect(nullRatioFindings(table(10, [2, 2]), quality).map(({ column }) => column)).toEqual([
      undefined,
      'c0',
      'c1',
    ]);
    expect(nullRatioFindings(table(10, [2, 1]), quality).map(({ column }) => column)).toEqual(['c0']);
    expect(nullRatioFindings(table(1_000_000_000, [199_999_999]), quality)).toEqual([]);
  });

  it('of no rows is nothing to report', () => {
    expect(nullRatioFindings(table(0, [0]), { ...QUALITY, nullRatio: 0 })).toEqual([]);
  });
});

describe('missing archives', () => {
  const found = (missing: number, expected: number, threshold: number, sources: Completeness[] = []) =>
    missingArchiveFindings({ plan: day(missing, expected), sources, threshold });

  it('are reported from 5 % on, exactly', () => {
    expect(found(2, 40, 0.05)).toMatchObject([{ count: 2, detail: expect.stringContaining('5.0%') }]);
    expect(found(2, 41, 0.05)).toEqual([]);
    expect(found(0, 40, 0)).toEqual([]);
  });

  const source = (fields: Partial<Completeness>): Completeness => ({
    source: 'main',
    verdict: 'short',
    evidence: 'list',
    completedBy: 'manifest',
    landed: 8,
    missing: 2,
    unannounced: 0,
    ...fields,
  });

  it('are reported of a source that lacks many, where the day as a whole does not', () => {
    const sources = [
      source({ source: 'small', announced: 10 }),
      source({ source: 'large', announced: 90, landed: 90, missing: 0, verdict: 'complete' }),
    ];
    expect(found(2, 100, 0.05, sources)).toMatchObject([
      { code: 'archive-missing', count: 2, detail: expect.stringMatching(/^source small: 2 of 10 /) },
    ]);
  });

  it('are reported of a source that announces nothing and sends less than half of what it always sends', () => {
    const usual = { least: 20, most: 24, days: 9 };
    const [finding] = found(0, 8, 0.05, [source({ evidence: 'history', missing: 0, usual })]);
    expect(finding).toMatchObject({
      code: 'archive-missing',
      severity: 'warning',
      detail: 'source main: 8 archives landed, each of the last 9 days brought 20 to 24 (confidence 90%)',
      measure: { value: 8, expected: 20, days: 9, confidence: 0.9, basis: 'history' },
    });
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
