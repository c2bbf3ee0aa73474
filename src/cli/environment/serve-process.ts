import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../tools/free-port.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { DEFAULT_PORT } from '../serve/default-port.js';
import { type BackgroundProcess, diedError, spawnInBackground, stopProcess } from './background-process.js';
import { isRunning } from './process-identity.js';
import type { StartWorkerOptions } from './worker-process.js';

const READY_MS = 30_000;
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** `partnerday serve` on its usual port, or on a free one where somebody else has that; ready when this returns. */
export async function startServe(
  started: BackgroundProcess[],
  { dir, directory, env }: StartWorkerOptions,
  signal: AbortSignal,
): Promise<{ url: string }> {
  for (const port of [DEFAULT_PORT, await freePort()]) {
    const log = join(directory, 'serve.log');
    const args = ['--enable-source-maps', MAIN, 'serve', '--port', String(port), '--config', dir];
    // Ports that the environment names are the worker's.
    const own = { ...env, PARTNERDAY_PROBE_PORT: '', PARTNERDAY_METRICS_PORT: '' };
    const process_ = await spawnInBackground({
      name: 'serve',
      command: process.execPath,
      args,
      env: own,
      log,
    });
    const url = `http://127.0.0.1:${port}`;
    if (await becomesReady(process_, url, signal)) {
      started.push(process_);
      return { url };
    }
    const died = !(await isRunning(process_));
    if (!died) await stopProcess(process_, 2_000);
    if (port !== DEFAULT_PORT) throw await diedError(process_);
  }
  throw new CliError(
    EXIT.unreachable,
    'the pages could not be started',
    `see ${join(directory, 'serve.log')}`,
  );
}

/** False: it ended. Its own process must answer: another server may have the port. */
async function becomesReady(process_: BackgroundProcess, url: string, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (!(await isRunning(process_))) return false;
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    const state = answer?.ok ? await answer.json().catch(() => undefined) : undefined;
    if ((state as { pid?: unknown } | undefined)?.pid === process_.pid) return true;
    await sleep(50);
  }
  return false;
}
