import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChaosDay } from './support/chaos-day.js';
import { checkDay } from './support/check-day.js';
import { knownDay, without } from './support/known-day.js';
import { readFoundDay } from './support/read-found-day.js';
import { TemporalProcess } from './support/temporal-process.js';

const DATE = '2026-11-20';
const POISON = 'archive-3.tar.gz';

let directory: string;
let temporal: TemporalProcess;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'partnerday-poison-'));
  temporal = await TemporalProcess.start(directory);
});
afterAll(async () => {
  await temporal?.kill();
  await rm(directory, { recursive: true, force: true });
});

it('an archive that takes every worker down is set aside as worker-lost, and one that was read beside it each time is not', async () => {
  const known = await knownDay({
    date: DATE,
    seed: 4,
    archives: 6,
    tables: ['orders', 'stays'],
    memberBytes: 60_000,
    bigMemberBytes: 60_000,
  });
  const schedule = {
    name: 'poison',
    seed: 1,
    rules: [
      { verb: 'get', key: `^landing/.*/${POISON}$`, fault: 'kill' },
      // Takes longer than it takes to kill the worker.
      { verb: 'get', key: '^landing/.*/archive-4.tar.gz$', fault: 'slow', ms: 1_500 },
    ] as const,
    outside: [],
  };
  const day = await ChaosDay.prepare({
    temporal,
    known,
    schedule: { ...schedule, rules: [...schedule.rules] },
  });
  try {
    await day.run();
    expect(day.fleet.ends.filter((end) => end === 'SIGKILL').length).toBe(13);
    const found = await day.withStore((store) => readFoundDay(store, day.partner, DATE));
    const expected = without(known, known.archives.find(({ name }) => name === POISON)!);
    const { lost, doubled, unexpected } = checkDay(expected, found, {});
    expect({ lost, doubled, unexpected }).toEqual({ lost: [], doubled: [], unexpected: [] });
    const summary = await day.withStore(async (store) =>
      JSON.parse((await store.getBytes(`${day.partner}/${DATE}/v1/summary.json`)).toString()),
    );
    const about = (code: string) =>
      (summary.findings as { code: string; archive?: string }[])
        .filter((finding) => finding.code === code)
        .map(({ archive }) => archive);
    expect(about('worker-lost')).toEqual([`landing/${day.partner}/${DATE}/${POISON}`]);
    expect(about('archive-unreadable')).toEqual([]);
  } finally {
    await day.remove();
  }
});
