import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultSpecInput } from '../../src/store/faults/fault-spec.js';
import { ChaosDay } from './support/chaos-day.js';
import { checkDay, isSound } from './support/check-day.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { readFoundDay } from './support/read-found-day.js';
import { TemporalProcess } from './support/temporal-process.js';

const DATE = '2026-11-20';
/** The product's own 60 s in the deep tests. */
const GRACE_SECONDS = process.env.PARTNERDAY_DEEP === '1' ? 60 : 3;
/** To hand over what has not ended by then. */
const HAND_OVER_SECONDS = 30;
const LONG_MS = (GRACE_SECONDS + 10) * 1_000;

describe('a worker that gets SIGTERM', () => {
  let directory: string;
  let temporal: TemporalProcess;
  let known: KnownDay;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'partnerday-drain-'));
    temporal = await TemporalProcess.start(directory);
    known = await knownDay({
      date: DATE,
      seed: 5,
      archives: 6,
      tables: ['orders', 'stays'],
      memberBytes: 60_000,
      bigMemberBytes: 60_000,
    });
  });
  afterAll(async () => {
    await temporal?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  type Rule = FaultSpecInput['rules'][number];
  it.each<[string, Rule]>([
    ['reads an archive slowly', { verb: 'get', key: '^landing/', calls: [2], fault: 'slow', ms: LONG_MS }],
    [
      'waits for a copy inside the store',
      { verb: 'completeUpload', phase: 'compose', calls: [1], fault: 'slow', ms: LONG_MS },
    ],
    ['hangs in a call that never ends', { verb: 'get', key: '^landing/', calls: [2], fault: 'hang' }],
  ])('while it %s is gone in time, and another one does the rest', async (what, rule) => {
    const schedule = { name: `drain-${what.split(' ')[0]}`, seed: 1, rules: [rule], outside: [] };
    const env = { PARTNERDAY_GRACE_SECONDS: String(GRACE_SECONDS) };
    const day = await ChaosDay.prepare({ temporal, known, schedule, env });
    try {
      await day.start();
      await day.until('the long call', () => day.faults().length > 0);
      const { pid } = day.faults()[0]!;
      const worker = day.fleet.processes.find((candidate) => candidate.pid === pid)!;
      const asked = Date.now();
      let seconds = Number.POSITIVE_INFINITY;
      worker.once('exit', () => {
        seconds = (Date.now() - asked) / 1_000;
      });
      worker.kill('SIGTERM');
      await day.untilEnded();
      expect(seconds).toBeLessThan(GRACE_SECONDS + HAND_OVER_SECONDS);
      const found = await day.withStore((store) => readFoundDay(store, day.partner, DATE));
      const own = Object.fromEntries([...found.tables].map(([table, { sha256 }]) => [table, sha256]));
      expect(isSound(checkDay(known.expected, found, own))).toBe(true);
      // Only what was in flight is done again. The archive that is cut is read twice anyway, to be sure.
      const reads = day
        .calls()
        .filter(
          ({ verb, key }) => verb === 'get' && key.startsWith('landing/') && !key.endsWith('/cut.tar.gz'),
        );
      expect(reads.length - new Set(reads.map(({ key }) => key)).size).toBeLessThanOrEqual(2);
    } finally {
      await day.remove();
    }
  });
});
