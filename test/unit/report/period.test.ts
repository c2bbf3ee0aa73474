import { describe, expect, it } from 'vitest';
import { dueReports } from '../../../src/report/due-reports.js';
import { periodBefore, periodOf } from '../../../src/report/period.js';
import { partnerConfig } from '../../support/partner.js';

describe('the period of a date', () => {
  it.each([
    ['week', '2026-11-22', '2026-W47', '2026-11-16', '2026-11-22'],
    ['week', '2027-01-01', '2026-W53', '2026-12-28', '2027-01-03'],
    ['week', '2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
    ['month', '2024-02-10', '2024-02', '2024-02-01', '2024-02-29'],
    ['month', '2026-12-31', '2026-12', '2026-12-01', '2026-12-31'],
  ] as const)('%s of %s is %s', (kind, date, id, from, to) => {
    const period = periodOf(kind, date);
    expect(period).toMatchObject({ id, from, to });
    expect(period.dates[0]).toBe(from);
    expect(period.dates.at(-1)).toBe(to);
  });

  it('shows a day with the thirty days that end with it', () => {
    const { dates } = periodOf('day', '2026-03-15');
    expect(dates).toHaveLength(30);
    expect([dates[0], dates.at(-1)]).toEqual(['2026-02-14', '2026-03-15']);
  });

  it('is preceded by the whole one before', () => {
    expect(periodBefore(periodOf('month', '2026-03-31')).id).toBe('2026-02');
    expect(periodBefore(periodOf('week', '2026-01-01')).id).toBe('2025-W52');
  });
});

describe('reports that are due', () => {
  const due = (tick: string, fields = {}) =>
    dueReports([partnerConfig({ timeZone: 'Asia/Seoul', ...fields })], new Date(tick)).map(
      ({ period, date }) => `${period} ${date}`,
    );

  it('are those that the newest days belong to, by the partner’s calendar', () => {
    expect(due('2026-11-20T12:00:00Z')).toEqual(['week 2026-11-16', 'month 2026-11-01']);
  });

  it('are written again until the last day of a period has settled', () => {
    // The 30th is the newest business day in Seoul on the evening of the 30th in UTC.
    expect(due('2026-11-30T16:00:00Z')).toEqual(['week 2026-11-30', 'week 2026-11-23', 'month 2026-11-01']);
    expect(due('2026-12-02T12:00:00Z')).toContain('month 2026-11-01');
    expect(due('2026-12-05T12:00:00Z')).not.toContain('month 2026-11-01');
  });

  it('are none of a partner whose days are not opened', () => {
    expect(due('2026-11-20T12:00:00Z', { enabled: false })).toEqual([]);
  });
});
