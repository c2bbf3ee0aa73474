import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepUploads } from '../../src/ingest/retention/sweep-uploads.js';
import type { FaultSpecInput } from '../../src/store/faults/fault-spec.js';
import { ChaosDay } from './support/chaos-day.js';
import { checkDay, isSound } from './support/check-day.js';
import { type KnownDay, knownDay } from './support/known-day.js';
import { readFoundDay } from './support/read-found-day.js';
import { leftoversOf } from './support/run-chaos-day.js';
import { TemporalProcess } from './support/temporal-process.js';

const DATE = '2026-11-20';
type Rule = FaultSpecInput['rules'][number];
type Point = [string, Pick<Rule, 'verb' | 'key' | 'phase'>];
const deep = process.env.PARTNERDAY_DEEP === '1';
const POINTS: Point[] = [
  ['writes a manifest', { verb: 'put', key: '/manifest\\.json$' }],
  ['completes a table', { verb: 'completeUpload', key: '/v1/orders\\.csv$' }],
  ['switches the pointer', { verb: 'put', key: '/published\\.json$' }],
];
const MORE_POINTS: Point[] = [
  ['completes the rows of an archive', { verb: 'completeUpload', phase: 'extract' }],
  ['claims the version', { verb: 'put', key: '/v1/plan\\.json$' }],
  ['begins a table', { verb: 'createUpload', key: '/v1/orders\\.csv$' }],
  ['writes a receipt', { verb: 'put', key: '/merged/orders\\.json$' }],
];
/** Long enough for a worker that goes on to finish its call, hear that it was taken for dead, and give up. */
const AFTERLIFE_MS = 6_000;

describe('a worker that is stopped, taken for dead, and goes on after the day has ended', () => {
  let directory: string;
  let temporal: TemporalProcess;
  let known: KnownDay;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'partnerday-zombie-'));
    temporal = await TemporalProcess.start(directory);
    known = await knownDay({
      date: DATE,
      seed: 3,
      archives: 6,
      tables: ['orders', 'stays'],
      memberBytes: 300_000,
      bigMemberBytes: 10_000_000,
    });
  });
  afterAll(async () => {
    await temporal?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  it.each(deep ? [...POINTS, ...MORE_POINTS] : POINTS)(
    'changes nothing: stopped before it %s',
    async (_, where) => {
      const rules: Rule[] = [{ ...where, calls: [1], fault: 'stop' }];
      const limits = { minPartBytes: 4_096, maxPartBytes: 16 * 2 ** 20, maxParts: 6 };
      const schedule = { name: `zombie-${_.split(' ').at(-1)}`, seed: 1, rules, limits, outside: [] };
      const day = await ChaosDay.prepare({ temporal, known, schedule, wakeStopped: false });
      try {
        await day.run();
        const [stopped] = day.faults();
        expect(stopped).toMatchObject({ fault: 'stop' });
        const published = await contents(day);
        const found = () => day.withStore((store) => readFoundDay(store, day.partner, DATE));
        const tables = (await found()).tables;
        const undisturbed = Object.fromEntries([...tables].map(([table, { sha256 }]) => [table, sha256]));
        expect(isSound(checkDay(known.expected, await found(), undisturbed))).toBe(true);

        const before = day.calls().filter(({ pid }) => pid === stopped!.pid).length;
        day.wake(0);
        expect(day.outside).toEqual(['zombie let go on']);
        await pause(AFTERLIFE_MS);

        // It did go on: the call it was stopped at has been made, and was of no effect.
        const after = day.calls().filter(({ pid }) => pid === stopped!.pid).length;
        expect(after).toBeGreaterThanOrEqual(before);
        expect(await contents(day)).toEqual(published);
        expect(isSound(checkDay(known.expected, await found(), undisturbed))).toBe(true);
        await sweepTomorrow(day);
        expect(await leftoversOf(day, DATE)).toEqual([]);
      } finally {
        await day.remove();
      }
    },
  );
});

/** An upload that such a worker begins when the day is over is all that may be left of it. */
async function sweepTomorrow(day: ChaosDay): Promise<void> {
  await day.withStore((store) =>
    sweepUploads({
      store,
      partner: day.partner,
      now: new Date(Date.now() + 25 * 3_600_000),
      isRunning: async () => false,
      dryRun: false,
    }),
  );
}

/** Everything there is of the day, with what changes when its content does. */
function contents(day: ChaosDay): Promise<Record<string, string>> {
  return day.withStore(async (store) => {
    const etags: Record<string, string> = {};
    for await (const { key, etag } of store.list(`${day.partner}/`)) etags[key] = etag;
    return etags;
  });
}
