import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { isRunning, startedAt } from './process-identity.js';

/** A process of ours that outlives the verb that started it. */
export interface BackgroundProcess {
  name: string;
  pid: number;
  started: string;
  /** File with everything it wrote. */
  log: string;
}

export interface SpawnOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  log: string;
}

/** In its own process group, so that a Ctrl-C in the terminal reaches us first and we stop it in order. */
export async function spawnInBackground(options: SpawnOptions): Promise<BackgroundProcess> {
  const log = await open(options.log, 'w');
  try {
    const child = spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: options.env,
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(child.pid!));
    });
    child.unref();
    const started = await startedAt(pid);
    if (started === undefined)
      throw await diedError({ name: options.name, pid, started: '', log: options.log });
    return { name: options.name, pid, started, log: options.log };
  } finally {
    await log.close();
  }
}

/** Says why, from the end of its log. */
export async function diedError({ name, log }: BackgroundProcess): Promise<CliError> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const tail = text.trimEnd().split('\n').slice(-5).join('\n  ');
  return new CliError(
    EXIT.unreachable,
    `the ${name} ended at once${tail ? `:\n  ${tail}` : ''}`,
    `see ${log}`,
  );
}

/**
 * SIGTERM, then SIGKILL after `graceMs`. Killing is safe: what is committed stays, the rest is done again.
 * A process that is not ours any more is left alone.
 */
export async function stopProcess(
  process_: BackgroundProcess,
  graceMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  if (!(await isRunning(process_))) return;
  signal(process_.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (await isRunning(process_)) {
    if (Date.now() >= deadline || hurry?.aborted) {
      signal(process_.pid, 'SIGKILL');
      break;
    }
    await sleep(50);
  }
  while (await isRunning(process_)) await sleep(20);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
