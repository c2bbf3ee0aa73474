import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities } from '../../src/activities/contract.js';
import type { PartnerDayInput } from '../../src/workflows/inputs.js';
import { partnerDayId, QUEUES } from '../../src/workflows/names.js';
import type { partnerDay } from '../../src/workflows/partner-day.js';
import { PRIORITY } from '../../src/workflows/priorities.js';
import { workflowBundle } from '../support/run-scripted-day.js';
import { scriptedActivities } from '../support/scripted-activities.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';

/** What a partner sends: groups of archives to extract, and tables to merge. */
interface Drop {
  groups: number;
  tables: number;
  policies?: Record<string, unknown>;
}

/** Days of several partners, whose real workflows share one worker slot for extraction and one for merging. */
class SharedWorkers {
  /** `{partner} extract` or `{partner} merge`, in the order in which they were begun. */
  readonly order: string[] = [];
  /** Extractions wait for it. */
  open: () => void = () => undefined;
  readonly #opened = new Promise<void>((open) => {
    this.open = open;
  });
  readonly #partners = new Map<string, Activities>();
  readonly #handles: WorkflowHandle<typeof partnerDay>[] = [];

  private constructor(private readonly env: TestWorkflowEnvironment) {}

  static async with<T>(
    env: TestWorkflowEnvironment,
    test: (workers: SharedWorkers) => Promise<T>,
  ): Promise<T> {
    const shared = new SharedWorkers(env);
    const options = { connection: env.nativeConnection, workflowBundle: await workflowBundle() };
    const activities = shared.#activities();
    const workers = [
      await Worker.create({ ...options, taskQueue: QUEUES.control, activities }),
      ...(await Promise.all(
        [QUEUES.extract, QUEUES.merge].map((taskQueue) =>
          Worker.create({
            connection: env.nativeConnection,
            taskQueue,
            activities,
            maxConcurrentActivityTaskExecutions: 1,
          }),
        ),
      )),
    ];
    const running = workers.map((worker) => worker.run());
    try {
      return await test(shared);
    } finally {
      shared.open();
      for (const handle of shared.#handles) await handle.terminate().catch(() => undefined);
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    }
  }

  async start(partner: string, drop: Drop, more: Partial<PartnerDayInput> = {}, priorityKey?: number) {
    const script = {
      tables: Array.from({ length: drop.tables }, (_, table) => `t${table}`),
      groups: Array.from({ length: drop.groups }, () => 1),
      ...(drop.policies ? { policies: drop.policies } : {}),
    };
    this.#partners.set(partner, scriptedActivities(script).activities);
    const handle = await this.env.client.workflow.start<typeof partnerDay>('partnerDay', {
      workflowId: partnerDayId(partner, DATE),
      taskQueue: QUEUES.control,
      args: [{ partner, date: DATE, mode: 'seal', ...more }],
      priority: { fairnessKey: partner, ...(priorityKey === undefined ? {} : { priorityKey }) },
    });
    this.#handles.push(handle);
    return handle;
  }

  async slicesOf(partner: string): Promise<WorkflowHandle[]> {
    const slices: WorkflowHandle[] = [];
    for await (const { workflowId } of this.env.client.workflow.list({
      query: `WorkflowType = 'extractSlice'`,
    })) {
      if (workflowId.startsWith(`${partnerDayId(partner, DATE)}/`))
        slices.push(this.env.client.workflow.getHandle(workflowId));
    }
    return slices;
  }

  /** Waits until so many groups of a partner's slice are scheduled and not done. */
  async untilPending(partner: string, groups: number): Promise<void> {
    for (;;) {
      for (const slice of await this.slicesOf(partner)) {
        if (((await slice.describe()).raw.pendingActivities?.length ?? 0) >= groups) return;
      }
      await pause(50);
    }
  }

  #activities(): Activities {
    const of = (partner: string) => this.#partners.get(partner)!;
    const { activities } = scriptedActivities({ tables: [], groups: [] });
    const dispatched = Object.keys(activities).map((name) => [
      name,
      (input: { partner: string }) =>
        (of(input.partner)[name as keyof Activities] as (input: unknown) => Promise<unknown>)(input),
    ]);
    return {
      ...(Object.fromEntries(dispatched) as Activities),
      extractGroup: async (input) => {
        this.order.push(`${input.partner} extract`);
        await this.#opened;
        return of(input.partner).extractGroup(input);
      },
      composeTable: async (input) => {
        this.order.push(`${input.partner} merge`);
        return of(input.partner).composeTable(input);
      },
    };
  }
}

describe('partners that share workers', () => {
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTemporal();
  });
  afterAll(async () => {
    await env?.teardown();
  });

  const SMALL: Drop = { groups: 6, tables: 3 };

  /** Tasks workers had begun, of whomever, when all of the small partner's were. */
  async function turnsBeside(flood: Drop): Promise<{ extract: number; merge: number }> {
    return SharedWorkers.with(env, async (workers) => {
      const id = randomUUID().slice(0, 8);
      await workers.start(`flood-${id}`, flood);
      await workers.untilPending(`flood-${id}`, flood.groups);
      const small = await workers.start(`small-${id}`, SMALL);
      await workers.untilPending(`small-${id}`, SMALL.groups);
      workers.open();
      await small.result();
      const turns = (kind: string) => {
        const tasks = workers.order.filter((task) => task.endsWith(kind));
        return tasks.lastIndexOf(`small-${id} ${kind}`) + 1;
      };
      return { extract: turns('extract'), merge: turns('merge') };
    });
  }

  it('one ends no later because another floods with ten times as much', { timeout: 120_000 }, async () => {
    const beside = await turnsBeside(SMALL);
    const flooded = await turnsBeside({ groups: 10 * SMALL.groups, tables: 10 * SMALL.tables });
    const ratio = flooded.extract / beside.extract;
    console.log(
      `turns until the small partner's groups are all begun: ${beside.extract} beside its like, ${flooded.extract} beside ten times as much (${ratio.toFixed(2)}); its tables: ${beside.merge} and ${flooded.merge}`,
    );
    // Served in the order of arrival it would have to wait for 60 groups of the flood.
    expect(ratio).toBeLessThan(1.2);
  });

  it.each([
    { parallel: 1, groups: 4, tables: 6 },
    { parallel: 3, groups: 1, tables: 2 },
  ])(
    'has no more in work than its cap, which $parallel days of a backfill share',
    async ({ parallel, groups, tables }) => {
      await SharedWorkers.with(env, async (workers) => {
        workers.open();
        const partner = `capped-${randomUUID().slice(0, 8)}`;
        const policies = { maxConcurrentExtracts: 8, maxConcurrentMerges: 6 };
        const backfill = { workflowId: 'backfill/none', parallel };
        const more = parallel > 1 ? { backfill } : {};
        const day = await workers.start(partner, { groups: 20, tables: 20, policies }, more);
        await day.result();
        expect(await mostAtOnce(day, 'mergeTable')).toBe(tables);
        // Of each of the two slices a day may have open.
        const [slice] = await workers.slicesOf(partner);
        expect(await mostAtOnce(slice!, 'extractGroup')).toBe(groups);
      });
    },
  );

  it('what is run again for somebody goes first, and days of the past go last', {
    timeout: 120_000,
  }, async () => {
    await SharedWorkers.with(env, async (workers) => {
      const id = randomUUID().slice(0, 8);
      const [past, today, asked] = [`past-${id}`, `today-${id}`, `asked-${id}`];
      const backfill = { workflowId: 'backfill/none', parallel: 1 };
      const days = [
        await workers.start(past, { groups: 5, tables: 1 }, { backfill }, PRIORITY.backfill),
        await workers.start(today, { groups: 5, tables: 1 }),
        await workers.start(asked, { groups: 5, tables: 1 }, {}, PRIORITY.rerun),
      ];
      for (const partner of [past, today, asked]) await workers.untilPending(partner, 5);
      workers.open();
      for (const day of days) await day.result();
      const extracts = workers.order.filter((task) => task.endsWith('extract'));
      // The one that was being read when the others came is not taken back.
      const next = extracts.slice(1);
      expect(next.lastIndexOf(`${asked} extract`)).toBeLessThan(next.indexOf(`${today} extract`));
      expect(next.lastIndexOf(`${today} extract`)).toBeLessThan(next.indexOf(`${past} extract`));
    });
  });
});

/** How many activities or children of this type a workflow had begun and not ended at the same time, by its history. */
async function mostAtOnce(handle: WorkflowHandle, type: string): Promise<number> {
  const { events } = await handle.fetchHistory();
  const open = new Set<string>();
  let most = 0;
  for (const event of events ?? []) {
    const activity = event.activityTaskScheduledEventAttributes;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if ((activity?.activityType ?? child?.workflowType)?.name === type) open.add(String(event.eventId));
    const ended = event.activityTaskCompletedEventAttributes?.scheduledEventId;
    const childEnded = event.childWorkflowExecutionCompletedEventAttributes?.initiatedEventId;
    open.delete(String(ended ?? childEnded));
    most = Math.max(most, open.size);
  }
  return most;
}
