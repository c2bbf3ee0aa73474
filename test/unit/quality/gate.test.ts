import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/quality/finding.js';
import { decideGate } from '../../../src/quality/gate.js';
import { partnerConfig } from '../../support/partner.js';

const found = (code: Finding['code'], severity: Finding['severity']): Finding => ({
  code,
  severity,
  detail: '',
});

function gate(score: number, quality: Record<string, unknown>, findings: Finding[] = []) {
  return decideGate(score, findings, partnerConfig({ quality }).quality);
}

describe('the gate', () => {
  it.each([
    [80, 'publish'],
    [79, 'warn'],
    [50, 'warn'],
    [49, 'hold'],
    [0, 'hold'],
  ])('at a score of %d, with a warning below 80 and a hold below 50: %s', (score, outcome) => {
    expect(gate(score, { warnBelow: 80, holdBelow: 50 }).outcome).toBe(outcome);
  });

  it('holds nothing and warns of nothing where 0 says never', () => {
    expect(gate(0, { warnBelow: 0, holdBelow: 0 })).toEqual({ outcome: 'publish', because: [] });
  });

  it('holds for a finding that is named, whatever the score, and says which', () => {
    const quality = { holdOn: ['column-missing'], warnOn: ['late-arrival'] };
    expect(
      gate(100, quality, [found('column-missing', 'warning'), found('late-arrival', 'warning')]),
    ).toEqual({
      outcome: 'hold',
      because: ['there are findings of column-missing'],
    });
    expect(gate(100, quality, [found('late-arrival', 'warning')]).outcome).toBe('warn');
  });

  it('does not act on what is said for information', () => {
    expect(gate(100, { holdOn: ['column-added'] }, [found('column-added', 'info')]).outcome).toBe('publish');
  });
});
