import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { DayMode } from '../../src/workflows/inputs.js';
import { partnerDayId, QUEUES } from '../../src/workflows/names.js';
import type { partnerDay } from '../../src/workflows/partner-day.js';
import { type Calls, type Script, scriptedActivities } from './scripted-activities.js';

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** Bundled once per test process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
  });
  return bundle;
}

export interface ScriptedDay {
  handle: WorkflowHandle<typeof partnerDay>;
  calls: Calls;
}

/** Runs `test` beside workers, on a real server, whose activities follow the script. */
export async function withScriptedWorkers<T>(
  env: TestWorkflowEnvironment,
  script: Script,
  test: (calls: Calls) => Promise<T>,
): Promise<T> {
  const { activities, calls } = scriptedActivities(script);
  const shared = { connection: env.nativeConnection, activities, workflowBundle: await workflowBundle() };
  const workers = await Promise.all(
    Object.values(QUEUES).map((taskQueue) => Worker.create({ ...shared, taskQueue })),
  );
  const running = workers.map((worker) => worker.run());
  try {
    return await test(calls);
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}

/** Runs `test` with a day that follows the script. */
export function withScriptedDay<T>(
  env: TestWorkflowEnvironment,
  script: Script,
  mode: DayMode,
  test: (day: ScriptedDay) => Promise<T>,
): Promise<T> {
  return withScriptedWorkers(env, script, async (calls) => {
    const partner = `acme-${randomUUID().slice(0, 8)}`;
    const date = '2026-11-20';
    const handle = await env.client.workflow.start<typeof partnerDay>('partnerDay', {
      workflowId: partnerDayId(partner, date),
      taskQueue: QUEUES.control,
      args: [{ partner, date, mode }],
    });
    try {
      return await test({ handle, calls });
    } finally {
      // A day that a failed test left open must not hold the worker back.
      await handle.terminate().catch(() => undefined);
    }
  });
}
