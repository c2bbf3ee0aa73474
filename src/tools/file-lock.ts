import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 300;
/** A lock file without a readable owner this old was left by a process that died while creating it. */
const OWNERLESS_MS = 10_000;

export interface FileLockOptions {
  /** Called once, when somebody else holds the lock. */
  onWait?: (owner: number | undefined) => void;
  signal?: AbortSignal;
}

/**
 * Runs `work` while no other process of this machine runs it under the same lock file. Advisory: it saves double
 * work, and a lock whose owner is gone is taken over; what `work` leaves behind must be right without it.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await tryLock(path))) {
    options.signal?.throwIfAborted();
    const owner = await ownerOf(path);
    if (owner === 'gone') {
      await rm(path, { force: true });
      continue;
    }
    if (!told) options.onWait?.(owner);
    told = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function ownerOf(path: string): Promise<number | 'gone' | undefined> {
  try {
    const pid = Number.parseInt(await readFile(path, 'utf8'), 10);
    if (Number.isNaN(pid)) {
      const age = Date.now() - (await stat(path)).mtimeMs;
      return age > OWNERLESS_MS ? 'gone' : undefined;
    }
    return isAlive(pid) ? pid : 'gone';
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
