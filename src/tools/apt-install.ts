import type { ObtainContext } from './ensure-tool.js';
import { findOnPath } from './executable.js';
import { runAnnounced } from './run-announced.js';

/**
 * Installs a Debian package that needs libraries of its own. Only root may; its service, if it has one, is not started.
 * Returns the reason when it did not work.
 */
export async function aptInstall(
  { package: name, binary, size }: { package: string; binary: string; size: string },
  { announce, env, signal }: ObtainContext,
): Promise<{ path: string } | { failed: string }> {
  const apt = await findOnPath('apt-get', env);
  if (!apt) return { failed: '`apt-get` is not on PATH' };
  if (process.getuid?.() !== 0) return { failed: `\`apt-get install ${name}\` needs root` };
  announce(`installing Debian's ${name} (about ${size}, once) ...`);
  const { ok, tail } = await runAnnounced(apt, ['install', '-y', '--no-install-recommends', name], {
    label: `installing ${name}`,
    announce,
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    ...(signal ? { signal } : {}),
  });
  if (!ok) return { failed: `\`apt-get install ${name}\`: ${tail.slice(-1)[0] ?? 'no output'}` };
  const path = await findOnPath(binary, env);
  return path ? { path } : { failed: `\`apt-get install ${name}\` brought no ${binary}` };
}
