import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLAN_SCHEDULE_ID, partnerDayId, QUEUES } from '../../src/workflows/names.js';
import { workflowBundle } from '../support/run-scripted-day.js';
import { scriptedActivities } from '../support/scripted-activities.js';
import { startTemporal } from '../support/temporal-server.js';

describe('planDay', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  it('starts every day that is due once, however often its tick is run, with the time the Schedule stood for', async () => {
    const { activities } = scriptedActivities({ tables: ['a'], groups: [1] });
    const ticks: string[] = [];
    const listDueDays: typeof activities.listDueDays = async (input) => {
      ticks.push(input.scheduledTime);
      return activities.listDueDays(input);
    };
    const shared = {
      connection: env.nativeConnection,
      activities: { ...activities, listDueDays },
      workflowBundle: await workflowBundle(),
    };
    const workers = await Promise.all(
      Object.values(QUEUES).map((taskQueue) => Worker.create({ ...shared, taskQueue })),
    );
    const running = workers.map((worker) => worker.run());
    try {
      const schedule = await env.client.schedule.create({
        scheduleId: PLAN_SCHEDULE_ID,
        spec: { calendars: [{ minute: 0, hour: '*' }] },
        action: { type: 'startWorkflow', workflowType: 'planDay', taskQueue: QUEUES.control },
        policies: { overlap: 'ALLOW_ALL' },
        state: { paused: true },
      });
      // Two hours of last week, caught up: each tick knows which hour it stands for.
      const start = new Date('2026-11-15T00:30:00Z');
      const end = new Date('2026-11-15T02:30:00Z');
      await schedule.backfill({ start, end, overlap: 'ALLOW_ALL' });
      await expect.poll(() => ticks.length, { timeout: 30_000 }).toBe(2);
      expect(ticks.sort()).toEqual(['2026-11-15T01:00:00.000Z', '2026-11-15T02:00:00.000Z']);
      const day = env.client.workflow.getHandle(partnerDayId('acme', '2026-11-20'));
      const started = () =>
        day.describe().then(
          ({ status }) => status.name,
          () => 'not yet',
        );
      await expect.poll(started, { timeout: 30_000 }).toBe('COMPLETED');
      const planned: unknown[] = [];
      for await (const run of env.client.workflow.list({ query: 'WorkflowType = "partnerDay"' }))
        planned.push(run.runId);
      expect(planned).toHaveLength(1);
      await schedule.delete();
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    }
  });

  it('leaves a day alone that began early, by an arrival before its tick', async () => {
    const { activities, calls } = scriptedActivities({
      tables: ['a'],
      groups: [1],
      watch: async ({ completions }) => {
        if (completions.length === 0) await new Promise((resolve) => setTimeout(resolve, 2_000));
      },
    });
    const early = partnerDayId('acme', '2026-11-23');
    const listDueDays: typeof activities.listDueDays = async () => ({
      days: [{ partner: 'acme', date: '2026-11-23' }],
    });
    const shared = {
      connection: env.nativeConnection,
      activities: { ...activities, listDueDays },
      workflowBundle: await workflowBundle(),
    };
    const workers = await Promise.all(
      Object.values(QUEUES).map((taskQueue) => Worker.create({ ...shared, taskQueue })),
    );
    const running = workers.map((worker) => worker.run());
    try {
      const day = await env.client.workflow.signalWithStart('partnerDay', {
        workflowId: early,
        taskQueue: QUEUES.control,
        args: [{ partner: 'acme', date: '2026-11-23', mode: 'wait' }],
        signal: 'sourceArrived',
        signalArgs: [{ source: 'main' }],
      });
      const tick = await env.client.workflow.execute('planDay', {
        workflowId: 'tick',
        taskQueue: QUEUES.control,
      });
      expect(tick).toEqual({ started: [] });
      await day.signal('sourceComplete', { source: 'main' });
      expect(await day.result()).toMatchObject({ version: 1 });
      expect(calls.publish).toHaveLength(1);
      expect((await env.client.workflow.getHandle(early).describe()).runId).toBe(day.signaledRunId);
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    }
  });
});
