import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { QUEUES } from '../../workflows/names.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { type BackgroundProcess, diedError, spawnInBackground } from './background-process.js';
import { isRunning } from './process-identity.js';

const READY_MS = 60_000;
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export interface StartWorkerOptions {
  /** Of the project. */
  dir: string;
  /** Of the log. */
  directory: string;
  env: NodeJS.ProcessEnv;
}

/** One worker process for all queues. */
export function startWorker({ dir, directory, env }: StartWorkerOptions): Promise<BackgroundProcess> {
  return spawnInBackground({
    name: 'worker',
    command: process.execPath,
    args: ['--enable-source-maps', MAIN, 'worker', '--role', 'all', '--config', dir],
    env,
    log: join(directory, 'worker.log'),
  });
}

/** Until this worker polls every queue: from then on nothing waits for it. */
export async function untilWorkerPolls(
  client: Client,
  namespace: string,
  worker: BackgroundProcess,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_MS;
  const open = new Set<string>(Object.values(QUEUES));
  while (open.size > 0) {
    signal.throwIfAborted();
    if (!(await isRunning(worker))) throw await diedError(worker);
    for (const name of open) {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType: name === QUEUES.control ? 1 : 2,
      });
      if (pollers?.some(({ identity }) => identity?.includes(String(worker.pid)))) open.delete(name);
    }
    if (open.size > 0 && Date.now() >= deadline) {
      throw new CliError(
        EXIT.unreachable,
        `the worker does not poll ${[...open].join(', ')} after ${READY_MS / 1000} s`,
        `see ${worker.log}`,
      );
    }
    if (open.size > 0) await sleep(100);
  }
}
