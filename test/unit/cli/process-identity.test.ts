import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { stopProcess } from '../../../src/cli/environment/background-process.js';
import { isRunning, startedAt } from '../../../src/cli/environment/process-identity.js';

it('a process that took over the id of ours is not ours, and is never stopped', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid!;
  const started = await startedAt(pid);
  expect(started).toBeDefined();
  expect(await isRunning({ pid, started: started! })).toBe(true);
  const former = { name: 'worker', pid, started: `${started}0`, log: '' };
  expect(await isRunning(former)).toBe(false);
  await stopProcess(former, 1_000);
  expect(await isRunning({ pid, started: started! })).toBe(true);

  await stopProcess({ ...former, started: started! }, 5_000);
  expect(await startedAt(pid)).toBeUndefined();
  expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGTERM');
});
