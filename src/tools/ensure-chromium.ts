import { aptInstall } from './apt-install.js';
import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const recipe: ToolRecipe = {
  binary: 'chromium',
  title: 'Chromium',
  variable: 'PARTNERDAY_CHROMIUM',
  ways: [
    {
      origin: 'apt',
      obtain: (context) => aptInstall({ package: 'chromium', binary: 'chromium', size: '290 MB' }, context),
    },
  ],
  advice:
    'Install Chromium, on Debian `apt-get install chromium`, or set PARTNERDAY_CHROMIUM to the path of a Chromium or Chrome.',
};

/**
 * Looks at the pages in tests; people use a browser of their own.
 * @throws ToolUnavailableError
 */
export function ensureChromium(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
