import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import { goInstall } from './go-install.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const recipe: ToolRecipe = {
  binary: 'versitygw',
  title: 'the S3 server (versitygw)',
  variable: 'PARTNERDAY_VERSITYGW',
  ways: [
    {
      origin: 'go',
      obtain: (context) =>
        goInstall(
          {
            module: 'github.com/versity/versitygw/cmd/versitygw',
            version: 'v1.8.0',
            binary: 'versitygw',
            title: 'the S3 server (versitygw)',
            duration: '1 min',
          },
          context,
        ),
    },
  ],
  advice:
    'Install versitygw (https://github.com/versity/versitygw) or Go 1.25 (https://go.dev/dl), or set PARTNERDAY_VERSITYGW to the path of the executable.',
};

/**
 * The development S3 server. Never used for a partner's real data.
 * @throws ToolUnavailableError
 */
export function ensureVersitygw(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
