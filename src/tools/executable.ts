import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

export async function findOnPath(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const candidate = join(directory, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** First line of `PATH --version`; `undefined` when the file cannot be run, as a half-written or foreign binary cannot. */
export async function versionOf(
  path: string,
  args: readonly string[] = ['--version'],
): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, args, { timeout: 20_000 });
    return (stdout.split('\n')[0] ?? '').replace(/\s+/g, ' ').trim();
  } catch {
    return undefined;
  }
}
