import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/quality/finding.js';
import { findingCodeSchema } from '../../../src/quality/finding-code.js';
import { PENALTY_RULES } from '../../../src/quality/penalty-rules.js';
import { formulaText, SCORE_FORMULA, scoreOf } from '../../../src/quality/score.js';
import type { ScoreFacts } from '../../../src/quality/score-facts.js';

const GOOD: ScoreFacts = {
  tables: { all: 3, failed: 0, stale: 0 },
  archives: { all: 4, expected: 4, missing: 0, quarantined: 0, salvaged: 0, late: 0 },
  members: { seen: 10, quarantined: 0 },
  rows: { read: 100, quarantined: 0 },
  flagged: {},
};

function cost(facts: Partial<ScoreFacts>): [string, number][] {
  return scoreOf({ ...GOOD, ...facts }).penalties.map(({ name, points }) => [name, points]);
}

describe('the score of a day', () => {
  it('is 100 without penalties', () => {
    expect(scoreOf(GOOD)).toEqual({ formula: SCORE_FORMULA, score: 100, penalties: [] });
  });

  it('names its penalties by rank', () => {
    const facts = {
      tables: { all: 3, failed: 1, stale: 0 },
      archives: { ...GOOD.archives, missing: 1 },
      flagged: { 'header-drift': 1, 'null-ratio': 1 },
    };
    expect(cost(facts)).toEqual([
      ['failed-tables', 17],
      ['missing-archives', 10],
      ['null-ratio', 2],
      ['header-drift', 1],
    ]);
    expect(scoreOf({ ...GOOD, ...facts }).score).toBe(70);
  });

  it('shows the first findings of each penalty, and how many there are', () => {
    const findings = Array.from(
      { length: 7 },
      (_, n): Finding => ({ code: 'column-missing', severity: 'warning', detail: 'gone', table: `t${n}` }),
    );
    const [penalty] = scoreOf({ ...GOOD, flagged: { 'missing-columns': 7 } }, findings).penalties;
    expect(penalty).toMatchObject({ points: 15, because: '7 tables with columns missing' });
    expect(penalty!.evidence.count).toBe(7);
    expect(penalty!.evidence.first).toEqual(findings.slice(0, 5));
  });

  it('costs a point as soon as a single row of many is set aside', () => {
    expect(cost({ rows: { read: 1e9, quarantined: 1 } })).toEqual([['quarantined-rows', 1]]);
  });

  it('is 100 minus its penalties, in whole points from 0 to 100, whatever happened', () => {
    const part = (most: number) => fc.nat({ max: most });
    const facts = fc.record({
      tables: fc.record({ all: fc.constant(9), failed: part(9), stale: part(9) }),
      archives: fc.record({
        all: fc.constant(9),
        expected: fc.constant(9),
        missing: part(9),
        quarantined: part(9),
        salvaged: part(9),
        late: part(9),
      }),
      members: fc.record({ seen: fc.constant(9), quarantined: part(9) }),
      rows: fc.record({ read: fc.constant(9), quarantined: part(9) }),
      flagged: fc.dictionary(fc.constantFrom(...PENALTY_RULES.map(({ name }) => name)), part(30)),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { score, penalties } = scoreOf(given);
        expect(score).toBe(100 - penalties.reduce((total, { points }) => total + points, 0));
        expect(score).toBeGreaterThanOrEqual(0);
        for (const { points } of penalties) expect(Number.isInteger(points) && points > 0).toBe(true);
        expect(scoreOf(structuredClone(given))).toEqual({ formula: SCORE_FORMULA, score, penalties });
      }),
    );
  });

  it('cuts the lowest-ranked penalties first when they exceed 100', () => {
    const facts = {
      tables: { all: 1, failed: 1, stale: 0 },
      archives: { ...GOOD.archives, expected: 1, missing: 1 },
      members: { seen: 1, quarantined: 1 },
      flagged: { 'header-drift': 1 },
    };
    expect(scoreOf({ ...GOOD, ...facts }).score).toBe(0);
    expect(cost(facts)).toEqual([
      ['failed-tables', 50],
      ['missing-archives', 40],
      ['quarantined-members', 10],
    ]);
  });

  it('prints its formula, every penalty of it', () => {
    const text = formulaText();
    expect(text[0]).toContain(`formula ${SCORE_FORMULA}`);
    expect(text.slice(1).map((line) => line.split(':')[0])).toEqual(PENALTY_RULES.map(({ name }) => name));
  });
});

describe('what costs points', () => {
  const COSTS_NOTHING: ReadonlySet<string> = new Set([
    // Never more than information:
    'archive-superseded',
    'column-added',
    'column-renamed',
    'column-reordered',
    'member-ignored',
    // Said once the version is published and scored.
    'downstream-not-told',
  ]);

  it.each(findingCodeSchema.options.filter((code) => !COSTS_NOTHING.has(code)))(
    'every %s that costs trust is evidence of a penalty',
    (code) => {
      const severities = ['warning', 'error'] as const;
      const shown = severities.filter((severity) =>
        PENALTY_RULES.some((rule) => rule.shows({ code, severity, detail: '', table: 't' })),
      );
      expect(shown.length).toBeGreaterThan(0);
    },
  );

  it('nothing that is said for information is', () => {
    const told = findingCodeSchema.options.filter((code) =>
      PENALTY_RULES.some((rule) => rule.shows({ code, severity: 'info', detail: '' })),
    );
    expect(told).toEqual([]);
  });
});
