import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObtainContext } from './ensure-tool.js';
import { findOnPath } from './executable.js';
import { runAnnounced } from './run-announced.js';

export interface DebianProgram {
  package: string;
  binary: string;
  /** e.g. `20 MB` */
  size: string;
}

/**
 * Takes one program out of a Debian package without installing it: no service is set up, and nobody need be root.
 * Returns the reason when it did not work.
 */
export async function aptExtract(
  { package: name, binary, size }: DebianProgram,
  { directory, announce, env, signal }: ObtainContext,
): Promise<{ path: string } | { failed: string }> {
  const apt = await findOnPath('apt-get', env);
  const dpkg = await findOnPath('dpkg', env);
  if (!apt || !dpkg) return { failed: '`apt-get` and `dpkg` are not on PATH' };
  const bin = join(directory, 'bin');
  await mkdir(bin, { recursive: true });
  const scratch = await mkdtemp(join(bin, '.apt-'));
  const label = `reading Debian's ${name}`;
  const run = (command: string, ...args: string[]) =>
    runAnnounced(command, args, { label, announce, env, cwd: scratch, ...(signal ? { signal } : {}) });
  try {
    // apt drops root's rights for the download.
    await chmod(scratch, 0o755);
    announce(`${label} (about ${size}, once) ...`);
    const download = await run(apt, 'download', name);
    if (!download.ok) return { failed: `\`apt-get download ${name}\`: ${download.tail.slice(-1)[0]}` };
    const file = (await readdir(scratch)).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) return { failed: `\`apt-get download ${name}\` left no package` };
    const unpack = await run(dpkg, '-x', file, '.');
    if (!unpack.ok) return { failed: `\`dpkg -x ${file}\`: ${unpack.tail.slice(-1)[0]}` };
    const path = join(bin, binary);
    await rename(join(scratch, 'usr/bin', binary), path);
    return { path };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
