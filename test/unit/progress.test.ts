import { describe, expect, it } from 'vitest';
import { changedFields, progressFields } from '../../src/progress/progress-fields.js';
import { ProgressMirror, type ProgressTarget } from '../../src/progress/progress-mirror.js';
import { dayProgress } from '../support/day-progress.js';

describe('a mirror of progress', () => {
  it('takes no time and shows only the newest of each day when the target is slow', async () => {
    const written: string[] = [];
    let open: () => void = () => undefined;
    const target: ProgressTarget = {
      write: async ({ date, message }) => {
        written.push(`${date} ${message}`);
        if (written.length === 1) await new Promise<void>((resolve) => (open = resolve));
      },
      close: async () => undefined,
    };
    const mirror = new ProgressMirror(target, () => undefined);
    for (let step = 0; step < 500; step++) {
      mirror.report(dayProgress({ date: '2026-11-20', message: `a${step}` }));
      if (step === 0) await new Promise((resolve) => setImmediate(resolve));
      mirror.report(dayProgress({ date: '2026-11-21', message: `b${step}` }));
    }
    open();
    await mirror.close();
    expect(written).toEqual(['2026-11-20 a0', '2026-11-20 a499', '2026-11-21 b499']);
    expect(mirror.counts).toEqual({ written: 3, dropped: 0, superseded: 997 });
  });

  it('counts what it drops, says so once a minute, and ends at once when the target is gone', async () => {
    const said: unknown[] = [];
    let tries = 0;
    const target: ProgressTarget = {
      write: async () => {
        tries++;
        throw new Error('gone');
      },
      close: async () => {
        throw new Error('gone');
      },
    };
    const mirror = new ProgressMirror(target, (error) => said.push(error));
    for (let day = 0; day < 1_500; day++) mirror.report(dayProgress({ date: `day ${day}` }));
    expect(mirror.counts.dropped).toBe(500);
    await mirror.close();
    expect(mirror.counts).toEqual({ written: 0, dropped: 1_500, superseded: 0 });
    expect(tries).toBe(1);
    expect(said).toHaveLength(1);
  });
});

it('of a day only what has changed is told, and what is gone', () => {
  const before = progressFields(dayProgress({ tables: ['a', 'b'] }));
  const after = progressFields(dayProgress({ tables: ['a'], message: 'next' }));
  const { set, gone } = changedFields(before, after);
  expect([...set.keys()]).toEqual(['message']);
  expect(gone).toEqual(['table:b']);
  expect(changedFields(undefined, after).set).toEqual(after);
});
