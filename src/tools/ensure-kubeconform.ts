import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import { goInstall } from './go-install.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const recipe: ToolRecipe = {
  binary: 'kubeconform',
  title: 'kubeconform',
  variable: 'PARTNERDAY_KUBECONFORM',
  versionArgs: ['-v'],
  ways: [
    {
      origin: 'go',
      obtain: (context) =>
        goInstall(
          {
            module: 'github.com/yannh/kubeconform/cmd/kubeconform',
            version: 'v0.8.0',
            binary: 'kubeconform',
            title: 'kubeconform',
            duration: '10 s',
          },
          context,
        ),
    },
  ],
  advice:
    'Install kubeconform (https://github.com/yannh/kubeconform) or Go (https://go.dev/dl), or set PARTNERDAY_KUBECONFORM to the path of the executable.',
};

/**
 * Holds rendered manifests against JSON schemas in tests.
 * @throws ToolUnavailableError
 */
export function ensureKubeconform(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
