import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, in memory, with room for so many bytes and no more. */
export class SmallDisk {
  private constructor(readonly directory: string) {}

  /** @throws where this user may mount nothing */
  static mount(bytes: number): SmallDisk {
    const directory = mkdtempSync(join(tmpdir(), 'partnerday-disk-'));
    const disk = new SmallDisk(directory);
    try {
      mount(['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory]);
    } catch (error) {
      rmSync(directory, { recursive: true });
      throw error;
    }
    return disk;
  }

  static works(): boolean {
    try {
      const disk = SmallDisk.mount(2 ** 20);
      mkdirSync(join(disk.directory, 'a'));
      disk.unmount();
      return true;
    } catch {
      return false;
    }
  }

  /** What is on it stays. */
  resize(bytes: number): void {
    mount(['-o', `remount,size=${bytes}`, this.directory]);
  }

  /** Leaves no byte free. */
  fill(): void {
    spawnSync('dd', ['if=/dev/zero', `of=${this.#filling}`, 'bs=64k'], { stdio: 'ignore' });
  }

  /** Frees what `fill` took. */
  empty(): void {
    rmSync(this.#filling);
  }

  get #filling(): string {
    return join(this.directory, '.filling');
  }

  unmount(): void {
    const { status, stderr } = spawnSync('umount', ['--lazy', this.directory], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`umount ${this.directory}: ${stderr}`);
    rmSync(this.directory, { recursive: true });
  }
}

function mount(args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${error?.message ?? stderr}`);
}
