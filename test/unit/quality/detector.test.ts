import { expect, it } from 'vitest';
import { partnerConfig } from '../../support/partner.js';
import { scoreDetector } from '../../support/score-detector.js';

const SEEDS = Array.from({ length: 16 }, (_, index) => 1000 + index);
const INCIDENTS = 8;

it('finds planted incidents in ninety days of history, and little else', { timeout: 180_000 }, () => {
  const { planted, found, right, wrong, missed, falseAlarms } = scoreDetector(
    SEEDS,
    INCIDENTS,
    partnerConfig().quality,
  );
  expect(planted).toBe(SEEDS.length * INCIDENTS);
  expect(found / planted, missed.join('\n')).toBeGreaterThanOrEqual(0.9);
  expect(right / (right + wrong), falseAlarms.join('\n')).toBeGreaterThanOrEqual(0.9);
});
