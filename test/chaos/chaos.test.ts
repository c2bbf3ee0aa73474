import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSound } from './support/check-day.js';
import { Coverage } from './support/coverage.js';
import { type Schedule, s3Schedule, storeSchedule, undisturbed } from './support/fault-schedule.js';
import { type KnownDay, type KnownDayOptions, knownDay } from './support/known-day.js';
import { type ChaosDayReport, runChaosDay } from './support/run-chaos-day.js';
import { S3UnderTest } from './support/store-under-test.js';
import { TemporalProcess } from './support/temporal-process.js';

const DAY = { date: '2026-11-20', seed: 1 };
const FILE_DAY: KnownDayOptions = {
  ...DAY,
  archives: 8,
  tables: ['orders', 'guests', 'stays'],
  memberBytes: 300_000,
  bigMemberBytes: 10_000_000,
};
/** Long enough for the store to copy ranges of its own. */
const S3_DAY: KnownDayOptions = {
  ...DAY,
  archives: 4,
  tables: ['orders', 'stays'],
  memberBytes: 5_600_000,
  bigMemberBytes: 9_000_000,
};
/** Every fourth seed is for the S3 server. */
const isForS3 = (seed: number) => seed % 4 === 0;

const seeds = chosenSeeds(process.env);
const coverage = new Coverage();
let directory: string;
let temporal: TemporalProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'partnerday-chaos-temporal-'));
  temporal = await TemporalProcess.start(directory);
});
afterAll(async () => {
  console.log(`\n${coverage.toMarkdown()}`);
  await temporal?.kill();
  await rm(directory, { recursive: true, force: true });
});

const PROMISE = 'loses, doubles and invents no row, and publishes the undisturbed bytes: seed %i';
const LONGEST = 300_000;

/** A day, and what comes of it without faults. */
class Trial {
  #known: KnownDay | undefined;
  #hashes: Record<string, string> = {};

  constructor(
    private readonly day: KnownDayOptions,
    private readonly name: string,
  ) {}

  async prepare(s3?: S3UnderTest): Promise<void> {
    this.#known = await knownDay(this.day);
    const calm = await runChaosDay({
      temporal,
      s3,
      known: this.#known,
      schedule: undisturbed(this.name, s3 === undefined),
    });
    expect(isSound(calm.verdict), JSON.stringify(calm.verdict).slice(0, 1_000)).toBe(true);
    expect([...calm.found.tables.keys()].sort()).toEqual([...this.day.tables].sort());
    this.#hashes = Object.fromEntries([...calm.found.tables].map(([table, { sha256 }]) => [table, sha256]));
  }

  async expectSound(schedule: Schedule, s3?: S3UnderTest): Promise<void> {
    const report = await runChaosDay({ temporal, s3, known: this.#known!, schedule }, this.#hashes);
    coverage.add(report);
    console.log(summaryOf(report));
    const { lost, doubled, unexpected, differing } = report.verdict;
    expect({
      lost: lost.slice(0, 10),
      doubled: doubled.slice(0, 10),
      unexpected: unexpected.slice(0, 10),
      differing,
    }).toEqual({ lost: [], doubled: [], unexpected: [], differing: [] });
  }
}

const onFile = seeds.filter((seed) => !isForS3(seed));
describe.runIf(onFile.length > 0)('a day whose store, workers and Temporal server fail', () => {
  const trial = new Trial(FILE_DAY, 'calm-file');
  beforeAll(() => trial.prepare(), LONGEST);

  it.each(onFile)(PROMISE, (seed) => trial.expectSound(storeSchedule(seed)), LONGEST);
});

const onS3 = seeds.filter(isForS3);
describe.runIf(onS3.length > 0)('a day whose S3 server, network and workers fail', () => {
  const trial = new Trial(S3_DAY, 'calm-s3');
  let s3: S3UnderTest;
  beforeAll(async () => {
    s3 = await S3UnderTest.start();
    await trial.prepare(s3);
  }, LONGEST);
  afterAll(async () => {
    await s3?.stop();
  });

  it.each(onS3)(PROMISE, (seed) => trial.expectSound(s3Schedule(seed), s3), LONGEST);
});

function summaryOf({ schedule, faults, http, outside, verdict, seconds }: ChaosDayReport): string {
  const { lost, doubled, unexpected, differing } = verdict;
  const tried = `${faults.length + http.length} faults, ${outside.join(', ')}`;
  return `seed ${schedule.seed}: ${tried}; lost ${lost.length}, doubled ${doubled.length}, unexpected ${unexpected.length}, other bytes ${differing.length}; ${seconds.toFixed(0)} s`;
}

/**
 * `PARTNERDAY_CHAOS_SEED`: this one, again. `PARTNERDAY_CHAOS_SEEDS`: so many, or from-to. Otherwise a few, or one of
 * them where tests should be quick.
 */
function chosenSeeds(env: NodeJS.ProcessEnv): number[] {
  const few = env.PARTNERDAY_DEEP === '1' ? '2-4' : '3-3';
  const { PARTNERDAY_CHAOS_SEED: one, PARTNERDAY_CHAOS_SEEDS: range = few } = env;
  if (one) return [Number(one)];
  const [from, to] = range.includes('-') ? range.split('-').map(Number) : [1, Number(range)];
  return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index);
}
