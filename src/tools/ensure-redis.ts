import { aptInstall } from './apt-install.js';
import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const recipe: ToolRecipe = {
  binary: 'redis-server',
  title: 'Redis',
  variable: 'PARTNERDAY_REDIS_SERVER',
  ways: [
    {
      origin: 'apt',
      obtain: (context) =>
        aptInstall({ package: 'redis-server', binary: 'redis-server', size: '2 MB' }, context),
    },
  ],
  advice:
    'Install Redis (https://redis.io/docs/latest/operate/oss_and_stack/install), on Debian and Ubuntu `apt-get install redis-server`, or set PARTNERDAY_REDIS_SERVER to the path of the executable.',
};

/**
 * Shows progress in tests; nothing else needs one.
 * @throws ToolUnavailableError
 */
export function ensureRedis(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
