import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SmallDisk } from '../support/small-disk.js';
import type { ChaosDayOptions } from './support/chaos-day.js';
import { isSound } from './support/check-day.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { can, MemoryCap } from './support/little-of-something.js';
import { type ChaosDayReport, runChaosDay } from './support/run-chaos-day.js';
import { TemporalProcess } from './support/temporal-process.js';

const MiB = 2 ** 20;
/** Fewer than a worker has open when it does nothing. */
const FEW_FILES = 16;
const PLENTY_OF_FILES = 4_096;
const ENOUGH_REFUSALS = 3;
const PATIENT = `
  extraction: {tries: 40, backoff: {initial: 100ms, max: 1s}}
  merge: {tries: 40, backoff: {initial: 100ms, max: 1s}}
  stage: {tries: 40, backoff: {initial: 100ms, max: 1s}}
  requeue: {rounds: 3, delay: 1s}`;

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

  it.runIf(can.limitDisk)(
    'disk: one that is full stops nothing but time, and room made is used at once',
    async () => {
      const landed = known.archives.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const disk = SmallDisk.mount(landed + 12 * MiB);
      try {
        let refused = 0;
        const report = await run('full-disk', {
          storeDir: disk.directory,
          // Until somebody has made room; by default a day gives up sooner, and says why.
          policies: PATIENT,
          async meanwhile(day) {
            if (refused > 0) return;
            refused = refusals(day.log(), 'ENOSPC');
            if (refused > 0) disk.resize(2 ** 30);
          },
        });
        expect(refused).toBeGreaterThan(0);
        expect(report.verdict).toEqual(sound);
      } finally {
        disk.unmount();
      }
    },
  );

  it.runIf(can.limitProcesses)(
    'file descriptors: workers that have none left fail what they are at, and go on when there are some',
    async () => {
      let refused = 0;
      const capped = new Set<number>();
      const report = await run('few-files', {
        policies: PATIENT,
        async meanwhile(day) {
          if (refused >= ENOUGH_REFUSALS) return;
          const isAtWork = day
            .calls()
            .some(({ verb, key }) => verb === 'put' && key.endsWith('/manifest.json'));
          for (const { pid } of day.fleet.processes) {
            if (!isAtWork || capped.has(pid!)) continue;
            capped.add(pid!);
            capFiles(pid!, FEW_FILES);
          }
          refused = refusals(day.log(), 'EMFILE');
          if (refused >= ENOUGH_REFUSALS) for (const pid of capped) capFiles(pid, PLENTY_OF_FILES);
        },
      });
      expect(refused).toBeGreaterThanOrEqual(ENOUGH_REFUSALS);
      expect(report.verdict).toEqual(sound);
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

/** For what it opens from now on; what is open stays. */
function capFiles(pid: number, files: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:${PLENTY_OF_FILES}`]);
}

/** How often the workers' logs name this error. */
function refusals(log: string, code: string): number {
  return log.split(code).length - 1;
}
