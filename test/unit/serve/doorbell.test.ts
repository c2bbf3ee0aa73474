import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Doorbell } from '../../../src/cli/serve/doorbell.js';
import type { LandingPlace } from '../../../src/ingest/arrivals/landing-places.js';

const place = { partner: 'acme', date: '2026-11-20', source: 'main' };

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a doorbell', () => {
  it('rings at once, then once for all that came within a second', async () => {
    const rung: number[] = [];
    const bell = new Doorbell(
      async () => rung.push(Date.now()),
      () => undefined,
    );
    await bell.press(place);
    expect(rung).toEqual([0]);
    for (let event = 0; event < 500; event++) await bell.press(place);
    expect(rung).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rung).toEqual([0, 1_000]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rung).toHaveLength(2);
  });

  it('tells a day of 40,000 archives in fewer signals than a workflow takes, and the last of them within a minute', async () => {
    const rung: number[] = [];
    const bell = new Doorbell(
      async () => rung.push(Date.now()),
      () => undefined,
    );
    for (let event = 0; event < 40_000; event++) {
      await bell.press(place);
      await vi.advanceTimersByTimeAsync(1_080);
    }
    const last = Date.now();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rung.length).toBeLessThan(2_000);
    expect(rung.at(-1)).toBeGreaterThanOrEqual(last - 1_080);
  });

  it('rings again for what came while it was ringing: the day may have looked before', async () => {
    let ringing = 0;
    let open: () => void = () => undefined;
    const bell = new Doorbell(
      () => {
        ringing++;
        return new Promise<void>((resolve) => {
          open = resolve;
        });
      },
      () => undefined,
    );
    const first = bell.press(place);
    await bell.press(place);
    open();
    await first;
    expect(ringing).toBe(1);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(ringing).toBe(2);
  });

  it('fails where nobody opens at first, and goes on trying where it has promised to ring', async () => {
    let away = true;
    const failed: LandingPlace[] = [];
    let rung = 0;
    const bell = new Doorbell(
      async () => {
        if (away) throw new Error('away');
        rung++;
      },
      (at) => failed.push(at),
    );
    await expect(bell.press(place)).rejects.toThrow('away');
    await bell.press(place);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(failed.length).toBeGreaterThan(2);
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rung).toBe(1);
  });

  it('rings what is due before it is taken down', async () => {
    const rung: string[] = [];
    const bell = new Doorbell(
      async ({ partner }) => rung.push(partner),
      () => undefined,
    );
    await bell.press(place);
    await bell.press(place);
    await bell.close();
    expect(rung).toEqual(['acme', 'acme']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rung).toHaveLength(2);
  });
});
