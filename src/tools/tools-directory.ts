import { accessSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The directory with package.json, seen from src/tools and from dist/tools alike. */
export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Where programs we obtain are kept: `PARTNERDAY_TOOLS`, else `.tools/` of a checkout we may write to, else the
 * user's cache directory (the package was installed by somebody else).
 */
export function toolsDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.PARTNERDAY_TOOLS) return env.PARTNERDAY_TOOLS;
  const isCheckout = existsSync(join(packageRoot, 'tsconfig.json'));
  if (isCheckout && isWritable(packageRoot)) return join(packageRoot, '.tools');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'partnerday', 'tools');
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
