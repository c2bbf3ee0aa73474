import { describe, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';
import { dueDays } from '../../../src/ingest/arrivals/due-days.js';
import { openingInstant } from '../../../src/ingest/business-date.js';

const partner = (timeZone: string, opensAt: string, dateOffset = -1) =>
  partnerConfigSchema.parse({ id: 'acme', timeZone, opensAt, dateOffset });

function ticks(from: string, hours: number): Date[] {
  return Array.from({ length: hours }, (_, hour) => new Date(Date.parse(from) + hour * 3_600_000));
}

describe('due days', () => {
  it('gives the business date of the local day that opens, not of the clock in UTC', () => {
    const config = partner('Asia/Seoul', '01:30');
    // 16:30 UTC on the 20th is 01:30 on the 21st in Seoul: the drop of the 20th.
    expect(dueDays([config], new Date('2026-11-20T17:00:00Z'))).toEqual([
      { partner: 'acme', date: '2026-11-20' },
    ]);
    expect(dueDays([config], new Date('2026-11-20T16:00:00Z'))).toEqual([]);
  });

  it.each([
    ['Europe/Berlin', '02:30', '2026-03-27T00:00:00Z'],
    ['Europe/Berlin', '02:30', '2026-10-23T00:00:00Z'],
    ['America/New_York', '00:00', '2026-10-30T00:00:00Z'],
    ['America/Sao_Paulo', '00:00', '2018-11-01T00:00:00Z'],
    ['Pacific/Apia', '12:00', '2026-01-01T00:00:00Z'],
    ['Asia/Kathmandu', '00:15', '2026-01-01T00:00:00Z'],
  ])('opens every date exactly once in %s at %s around %s, through clock changes', (zone, opensAt, from) => {
    const config = partner(zone, opensAt);
    const dates = ticks(from, 24 * 7).flatMap((tick) => dueDays([config], tick).map(({ date }) => date));
    expect(new Set(dates).size).toBe(dates.length);
    expect(dates.length).toBe(7);
    for (let index = 1; index < dates.length; index++) {
      expect(Date.parse(dates[index]!) - Date.parse(dates[index - 1]!)).toBe(86_400_000);
    }
  });

  it('leaves out a partner that is switched off', () => {
    const config = { ...partner('UTC', '00:00'), enabled: false };
    expect(dueDays([config], new Date('2026-01-02T00:00:00Z'))).toEqual([]);
  });
});

describe('opening instant', () => {
  it('opens at the first instant after a gap that daylight saving tears', () => {
    expect(openingInstant('2026-03-29', '02:30', 'Europe/Berlin').toISOString()).toBe(
      '2026-03-29T01:00:00.000Z',
    );
  });

  it('opens the first time a wall-clock time occurs twice', () => {
    expect(openingInstant('2026-10-25', '02:30', 'Europe/Berlin').toISOString()).toBe(
      '2026-10-25T00:30:00.000Z',
    );
  });
});
