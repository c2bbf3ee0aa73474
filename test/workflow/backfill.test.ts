import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backfillText } from '../../src/cli/backfill/backfill-text.js';
import { styleFor } from '../../src/cli/output/style.js';
import type { backfill } from '../../src/workflows/backfill.js';
import { type BackfillProgress, backfillProgress } from '../../src/workflows/messages.js';
import { backfillId, partnerDayId, QUEUES } from '../../src/workflows/names.js';
import { PRIORITY } from '../../src/workflows/priorities.js';
import { RealPartner } from '../support/real-partner.js';
import { startTemporal } from '../support/temporal-server.js';

const MONTH = '2026-11';
const on = (day: number) => `${MONTH}-${day}`;
const member = (day: number, batch: number, table = 'orders') => `${table}_202611${day}_${batch}.csv`;
const QUICK_RETRY = { merge: { tries: 1, backoff: { initial: '10ms' } }, requeue: { rounds: 0 } };

describe('a backfill', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  const start = (partner: RealPartner, from: number, to: number, parallel = 1) =>
    env.client.workflow.start<typeof backfill>('backfill', {
      workflowId: backfillId(partner.id, on(from), on(to)),
      taskQueue: QUEUES.control,
      args: [{ partner: partner.id, from: on(from), to: on(to), parallel }],
    });
  const states = ({ days }: BackfillProgress) =>
    Object.fromEntries(days.map(({ date, standing, state }) => [Number(date.slice(-2)), [standing, state]]));
  const runOf = async (partner: RealPartner, day: number) => (await partner.handle(on(day)).describe()).runId;
  const land = (partner: RealPartner, day: number, batch = 1) =>
    partner.land(`${batch}.tar.gz`, { [member(day, batch)]: `id\n${day}${batch}\n` }, on(day));

  it('runs just the days that are missing something, of each only what is missing, and leaves the others alone', async () => {
    await RealPartner.with(env, { policies: QUICK_RETRY }, async (partner) => {
      // 10 is complete; 11 was never run; of 12 a table failed; for 13 nothing landed; 14 got a late archive;
      // 15 was begun and published nothing.
      for (const day of [10, 11, 12, 14, 15]) await land(partner, day);
      await partner.land('2.tar.gz', { [member(12, 2, 'stays')]: 'id\n1\n' }, on(12));
      const obstacle = join(partner.root, partner.id, on(12), 'v1/orders.csv');
      await mkdir(obstacle, { recursive: true });
      expect(await partner.run('seal', on(10))).toMatchObject({ failedTables: [] });
      expect(await partner.run('seal', on(12))).toMatchObject({ failedTables: ['orders'] });
      expect(await partner.run('seal', on(14))).toMatchObject({ failedTables: [] });
      await rm(obstacle, { recursive: true });
      await land(partner, 14, 2);
      const begun = await partner.start('wait', on(15));
      await expect
        .poll(async () => (await partner.keys(`${partner.id}/${on(15)}/`)).length)
        .toBeGreaterThan(0);
      await begun.terminate();
      const untouched = await runOf(partner, 10);
      partner.read.length = 0;

      const progress = await (await start(partner, 10, 15)).result();
      expect(states(progress)).toEqual({
        10: ['complete', 'not-due'],
        11: ['never-run', 'published'],
        12: ['failed-tables', 'published'],
        13: ['nothing-landed', 'not-due'],
        14: ['new-archives', 'published'],
        15: ['failed', 'published'],
      });
      expect(await runOf(partner, 10)).toBe(untouched);
      // Of 12 no archive, of 14 the late one.
      const read = partner.read.filter((name) => name === '2.tar.gz');
      expect(read).toHaveLength(1);
      expect(partner.read.length).toBeLessThanOrEqual(3);
      const text = backfillText(progress, styleFor(process.stdout, 'never', {}));
      expect(text).toMatch(/^2026-11-12 {2}failed tables +2 {2}published +v2 +98$/m);
      expect(text).toContain('4 of 4 days done; 2 need no run');

      // A second one finds nothing to do.
      const again = await (await start(partner, 10, 15)).result();
      expect(again.days.every(({ state }) => state === 'not-due')).toBe(true);
    });
  });

  it.each([1, 2])('runs %i at once, in order of date, behind what today needs', async (parallel) => {
    await RealPartner.with(env, {}, async (partner) => {
      const dates = [10, 11, 12, 13, 14];
      for (const day of dates) await land(partner, day);
      const handle = await start(partner, 10, 14, parallel);
      await handle.result();
      const { most, begun } = await daysOf(handle);
      expect(most).toBe(parallel);
      expect(begun).toEqual(dates.map((day) => partnerDayId(partner.id, on(day))));
      const [first] = (await partner.handle(on(10)).fetchHistory()).events!;
      expect(first!.workflowExecutionStartedEventAttributes!.priority).toMatchObject({
        priorityKey: PRIORITY.backfill,
        fairnessKey: partner.id,
      });
    });
  });

  it('is not held up by a day that waits for a decision, nor by one that fails, nor by one that runs already', async () => {
    await RealPartner.with(env, { quality: { holdBelow: 90 } }, async (partner) => {
      for (const day of [10, 11, 12, 13]) await land(partner, day);
      await partner.land('bad.tar.gz', { [member(10, 7)]: 'id\n1,2\n' }, on(10));
      const open = await partner.start('wait', on(11));
      // What the run of 12 begins with stands in its way.
      await mkdir(join(partner.root, partner.id, on(12), 'v1/plan.json'), { recursive: true });
      const progress = await (await start(partner, 10, 13)).result();
      expect(states(progress)).toMatchObject({
        10: ['never-run', 'held'],
        11: [expect.any(String), 'left-alone'],
        12: ['never-run', 'failed'],
        13: ['never-run', 'published'],
      });
      expect(progress.days[2]!.error).toContain('plan.json');
      expect((await open.describe()).status.name).toBe('RUNNING');
      // The held day goes on without the backfill, and takes the decision.
      const held = partner.handle(on(10));
      await held.executeUpdate('decide', {
        args: [{ version: 1, action: 'release', by: 'ana', why: 'checked' }],
      });
      expect(await held.result()).toMatchObject({ status: 'published' });
      await open.terminate();
    });
  });

  it('that is cancelled cancels the day it is at, and begins no other', async () => {
    await RealPartner.with(env, { quality: { holdBelow: 90 } }, async (partner) => {
      await partner.land('bad.tar.gz', { [member(10, 7)]: 'id\n1,2\n' }, on(10));
      await land(partner, 11);
      // Its rows are still on their way: they never come to rest.
      const keepWriting = setInterval(() => void partner.put('1.tar.gz', `${Math.random()}`, on(11)), 100);
      try {
        const handle = await start(partner, 10, 12);
        await expect
          .poll(async () => states(await handle.query(backfillProgress))[11]?.[1], { timeout: 30_000 })
          .toBe('running');
        await handle.cancel();
        await expect(handle.result()).rejects.toThrow();
        await expect
          .poll(async () => (await partner.handle(on(11)).describe()).status.name, { timeout: 30_000 })
          .toBe('CANCELLED');
        // What was held is left to who decides.
        const held = partner.handle(on(10));
        expect((await held.describe()).status.name).toBe('RUNNING');
        await held.terminate();
      } finally {
        clearInterval(keepWriting);
      }
    });
  });
});

/** Which days a backfill started, in order, and how many were open at once. */
async function daysOf(handle: WorkflowHandle): Promise<{ begun: string[]; most: number }> {
  const { events } = await handle.fetchHistory();
  const begun: string[] = [];
  let open = 0;
  let most = 0;
  for (const event of events ?? []) {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated) {
      begun.push(initiated.workflowId!);
      most = Math.max(most, ++open);
    } else if (event.childWorkflowExecutionCompletedEventAttributes) open--;
  }
  return { begun, most };
}
