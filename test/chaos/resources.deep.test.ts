import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChaosDayOptions } from './support/chaos-day.js';
import { isSound } from './support/check-day.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { can, MemoryCap } from './support/little-of-something.js';
import { type ChaosDayReport, runChaosDay } from './support/run-chaos-day.js';
import { TemporalProcess } from './support/temporal-process.js';

const MiB = 2 ** 20;

describe('workers that have too little', () => {
  let directory: string;
  let temporal: TemporalProcess;
  let known: KnownDay;
  let undisturbed: Record<string, string>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'partnerday-resources-'));
    temporal = await TemporalProcess.start(directory);
    known = await knownDay({
      date: '2026-11-20',
      seed: 6,
      archives: 8,
      tables: ['orders', 'guests', 'stays'],
      memberBytes: 600_000,
      bigMemberBytes: 12_000_000,
    });
    const calm = await run('plenty', {});
    undisturbed = Object.fromEntries([...calm.found.tables].map(([table, { sha256 }]) => [table, sha256]));
    expect(isSound(calm.verdict)).toBe(true);
  }, 120_000);
  afterAll(async () => {
    await temporal?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  const run = (name: string, more: Partial<ChaosDayOptions>): Promise<ChaosDayReport> =>
    runChaosDay(
      { temporal, known, schedule: { name, seed: 1, rules: [], outside: [] }, ...more },
      undisturbed,
    );
  const sound = { lost: [], doubled: [], unexpected: [], differing: [] };

  it.runIf(can.limitProcesses)(
    'room in a file: one worker cannot write large files, the other does',
    async () => {
      const under = (worker: number) => (worker === 0 ? ['prlimit', `--fsize=${2 * MiB}`] : []);
      let refused = 0;
      const report = await run('small-files', {
        under,
        async meanwhile(day) {
          refused = refusals(day.log(), 'EFBIG');
        },
      });
      expect(report.verdict).toEqual(sound);
      expect(refused).toBeGreaterThan(0);
    },
  );

  it.runIf(can.limitMemory)('memory: 512 MiB are enough for both', async () => {
    const cap = new MemoryCap('chaos');
    cap.set(512 * MiB);
    try {
      const report = await run('little-memory', { under: () => cap.under });
      expect(report.verdict).toEqual(sound);
      expect(cap.killed()).toBe(0);
    } finally {
      cap.remove();
    }
  });
});

/** How often the workers' logs name this error. */
function refusals(log: string, code: string): number {
  return log.split(`(${code})`).length - 1;
}
