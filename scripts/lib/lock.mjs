import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Nobody should wonder why nothing happens. */
const SILENT_MS = 2_000;

/** Runs `work` while no other process of this checkout does. The compiled src/tools/file-lock.ts is not built yet. */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const announced = setTimeout(
    () => console.error(`waiting for another process that holds ${path} …`),
    SILENT_MS,
  );
  while (!tryLock(path)) await sleep(200);
  clearTimeout(announced);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(path, { force: true });
  }
  return false;
}
