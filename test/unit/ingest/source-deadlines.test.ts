import { describe, expect, it } from 'vitest';
import { partnerConfigSchema } from '../../../src/config/partner-config.js';
import { sourceDeadlines } from '../../../src/ingest/arrivals/source-deadlines.js';

const LONG_AGO = new Date(0);
const deadlineOf = (fields: Record<string, unknown>, date: string, startedAt = LONG_AGO) => {
  const { deadline, beforeDeadline, ...partner } = fields;
  const source = { deadline, ...(beforeDeadline === undefined ? {} : { beforeDeadline }) };
  const config = partnerConfigSchema.parse({ id: 'acme', ...partner, sources: [source] });
  return sourceDeadlines(config, date, startedAt)[0]!;
};

describe('the deadline of a source', () => {
  it('is the first such time after the day opens, on the clock of the partner', () => {
    // Yesterday's data: the day opens at midnight of the day after.
    const seoul = { timeZone: 'Asia/Seoul', deadline: '06:00' };
    expect(deadlineOf(seoul, '2026-11-20')).toEqual({
      source: 'main',
      alertAt: '2026-11-20T20:30:00.000Z',
      at: '2026-11-20T21:00:00.000Z',
      policy: 'wait',
    });
    expect(deadlineOf({ ...seoul, dateOffset: 0 }, '2026-11-20').at).toBe('2026-11-19T21:00:00.000Z');
    // The day opens in the evening, so six o'clock is on the next morning.
    expect(deadlineOf({ ...seoul, opensAt: '22:00' }, '2026-11-20').at).toBe('2026-11-21T21:00:00.000Z');
  });

  it('stays at its time when the clock is changed', () => {
    const berlin = { timeZone: 'Europe/Berlin', deadline: '06:00', dateOffset: 0 };
    expect(deadlineOf(berlin, '2026-03-28').at).toBe('2026-03-28T05:00:00.000Z');
    expect(deadlineOf(berlin, '2026-03-29').at).toBe('2026-03-29T04:00:00.000Z');
    expect(deadlineOf(berlin, '2026-10-25').at).toBe('2026-10-25T05:00:00.000Z');
    // A time that is skipped is the first instant after the gap.
    expect(deadlineOf({ ...berlin, deadline: '02:30' }, '2026-03-29').at).toBe('2026-03-29T01:00:00.000Z');
  });

  it('as a duration counts from the opening, or from a run that began later, never from one that began early', () => {
    const utc = { opensAt: '04:00', dateOffset: 0, deadline: '2h', beforeDeadline: '15m' };
    const early = new Date('2026-11-20T01:00:00Z');
    const late = new Date('2026-11-20T05:00:00Z');
    expect(deadlineOf(utc, '2026-11-20', early).at).toBe('2026-11-20T06:00:00.000Z');
    expect(deadlineOf(utc, '2026-11-20', late)).toMatchObject({
      at: '2026-11-20T07:00:00.000Z',
      alertAt: '2026-11-20T06:45:00.000Z',
    });
  });

  it('is there only where it was configured', () => {
    const config = partnerConfigSchema.parse({ id: 'acme' });
    expect(sourceDeadlines(config, '2026-11-20', LONG_AGO)).toEqual([]);
  });

  it.each(['6:00', '24:00', '06:60', 'morning', '5 h'])('%j is refused with an example', (deadline) => {
    const parsed = partnerConfigSchema.safeParse({ id: 'acme', sources: [{ deadline }] });
    expect(parsed.error?.issues[0]?.message).toContain('06:00');
  });
});
