import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, PlannedArchive } from '../../../src/ingest/plan.js';
import { type ScoredTable, scoreDay } from '../../../src/quality/score.js';
import { partnerConfig } from '../../support/partner.js';

const THRESHOLDS = partnerConfig().quality;
const GOOD: ScoredTable = { status: 'merged', headerConsistent: true, nullCells: 0, cells: 100, retyped: 0 };

function day(fates: PlannedArchive['fate'][] = ['merged'], more: Partial<Plan> = {}): Plan {
  return {
    verdict: 'complete',
    archives: fates.map((fate, n) => ({ source: 'main', key: `${n}`, fate })),
    arrivals: {
      announced: fates.length,
      landed: fates.length,
      archives: fates.length,
      expected: fates.length,
      unnamed: 0,
    },
    members: { seen: 10, loaded: 10, quarantined: 0, duplicate: 0, skipped: 0 },
    rows: { read: 100, loaded: 100, quarantined: 0, duplicate: 0, skipped: 0 },
    ...more,
  } as Plan;
}

describe('the score of a day', () => {
  it('is 100 without penalties', () => {
    expect(scoreDay(day(), [GOOD], THRESHOLDS)).toEqual({ formula: 1, score: 100, penalties: [] });
  });

  it('names its penalties by rank, with their evidence', () => {
    const { score, penalties } = scoreDay(
      day(['merged', 'missing', 'merged', 'merged']),
      [GOOD, { ...GOOD, status: 'failed' }, { ...GOOD, headerConsistent: false, nullCells: 20 }],
      THRESHOLDS,
    );
    expect(penalties.map(({ name, points }) => [name, points])).toEqual([
      ['failed-tables', 17],
      ['missing-archives', 10],
      ['null-ratio', 2],
      ['header-drift', 1],
    ]);
    expect(penalties[0]).toMatchObject({
      because: '1 of 3 tables have no rows for this date',
      evidence: ['merge-failed', 'contract-breach'],
    });
    expect(score).toBe(70);
  });

  it('costs a point as soon as a single row of many is set aside', () => {
    const rows = { read: 1e9, loaded: 1e9 - 1, quarantined: 1, duplicate: 0, skipped: 0 };
    expect(scoreDay(day(['merged'], { rows }), [GOOD], THRESHOLDS).score).toBe(99);
  });

  it('is 100 minus its penalties, in whole points from 0 to 100, whatever happened', () => {
    const fate = fc.constantFrom<PlannedArchive['fate']>(
      'merged',
      'salvaged',
      'quarantined',
      'late',
      'missing',
    );
    const table = fc.record({
      status: fc.constantFrom<ScoredTable['status']>('merged', 'failed', 'stale'),
      headerConsistent: fc.boolean(),
      nullCells: fc.nat({ max: 100 }),
      cells: fc.constant(100),
      retyped: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(fate), fc.array(table), fc.nat({ max: 10 }), (fates, tables, bad) => {
        const members = { seen: 10, loaded: 10 - bad, quarantined: bad, duplicate: 0, skipped: 0 };
        const rows = { read: 10, loaded: 10 - bad, quarantined: bad, duplicate: 0, skipped: 0 };
        const { score, penalties } = scoreDay(
          day(fates, { members, rows, verdict: 'unsigned' }),
          tables,
          THRESHOLDS,
        );
        expect(score).toBe(100 - penalties.reduce((total, { points }) => total + points, 0));
        expect(score).toBeGreaterThanOrEqual(0);
        for (const { points } of penalties) expect(Number.isInteger(points) && points > 0).toBe(true);
      }),
    );
  });

  it('cuts the lowest-ranked penalties first when they exceed 100', () => {
    const worst = { ...GOOD, status: 'failed' as const, headerConsistent: false };
    const members = { seen: 1, loaded: 0, quarantined: 1, duplicate: 0, skipped: 0 };
    const { score, penalties } = scoreDay(day(['missing'], { members }), [worst], THRESHOLDS);
    expect(score).toBe(0);
    expect(penalties.map(({ name, points }) => [name, points])).toEqual([
      ['failed-tables', 50],
      ['missing-archives', 40],
      ['quarantined-members', 10],
    ]);
  });
});
