import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Exit code of a command that was ended after its time. */
export const TIMED_OUT = 124;

/**
 * Runs a command with all it starts, and says what that took; see measure.py.
 *
 * @returns {{ exit: number, wall: number, cpu: number, rss: number, anon: number, others: number, tail: string }}
 *   seconds and bytes; `tail`: the last lines it printed
 */
export function measure(command, { report, cpus, timeout = 3600 }) {
  const script = join(import.meta.dirname, 'measure.py');
  const options = ['--report', report, '--timeout', String(timeout), ...(cpus ? ['--cpus', cpus] : [])];
  const { status, stdout, stderr } = spawnSync('python3', [script, ...options, '--', ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`measure.py: exit ${status}\n${stderr}`);
  const tail = `${stdout}${stderr}`.trim().split('\n').slice(-3).join(' | ').slice(-500);
  return { ...JSON.parse(readFileSync(report, 'utf8')), tail };
}
