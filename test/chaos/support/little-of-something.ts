import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SmallDisk } from '../../support/small-disk.js';

/** A cgroup (of version 1 or 2) in which all processes together get so much memory and no more. */
export class MemoryCap {
  readonly #directory: string;
  readonly #limitFile: string;

  constructor(name: string) {
    const first = '/sys/fs/cgroup/memory';
    const isFirst = existsSync(first);
    this.#directory = join(isFirst ? first : '/sys/fs/cgroup', `partnerday-${name}-${process.pid}`);
    this.#limitFile = isFirst ? 'memory.limit_in_bytes' : 'memory.max';
  }

  works(): boolean {
    try {
      this.set(2 ** 30);
      this.remove();
      return true;
    } catch {
      return false;
    }
  }

  set(bytes: number): void {
    mkdirSync(this.#directory);
    writeFileSync(join(this.#directory, this.#limitFile), String(bytes));
  }

  /** What a process must be started under to be in it. */
  get under(): string[] {
    return ['sh', '-c', `echo $$ > ${this.#directory}/cgroup.procs && exec "$@"`, 'sh'];
  }

  /** Processes that were killed because it was not enough. */
  killed(): number {
    const files = ['memory.oom_control', 'memory.events'].map((name) => join(this.#directory, name));
    const text = readFileSync(files.find((file) => existsSync(file))!, 'utf8');
    return Number(/^oom_kill (\d+)/m.exec(text)?.[1] ?? 0);
  }

  remove(): void {
    rmdirSync(this.#directory);
  }
}

/** Whether this machine lets us limit what a process gets; containers often do not. */
export const can = {
  limitProcesses: spawnSync('prlimit', ['--nofile=256', 'true']).status === 0,
  limitMemory: new MemoryCap('probe').works(),
  limitDisk: SmallDisk.works(),
};
