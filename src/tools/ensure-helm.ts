import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import { goInstall } from './go-install.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const recipe: ToolRecipe = {
  binary: 'helm',
  title: 'Helm',
  variable: 'PARTNERDAY_HELM',
  versionArgs: ['version', '--short'],
  refuse(version) {
    const major = /^v(\d+)\./.exec(version)?.[1];
    if (major === undefined) return `no version in "${version}"`;
    return Number(major) < 3 ? `${version} is older than 3` : undefined;
  },
  ways: [
    {
      origin: 'go',
      obtain: (context) =>
        goInstall(
          {
            module: 'helm.sh/helm/v3/cmd/helm',
            version: 'v3.22.0',
            binary: 'helm',
            title: 'Helm',
            duration: '3 min',
            // Else it takes every cluster it does not ask for Kubernetes 1.20.
            linkerFlags: ['Major=1', 'Minor=36']
              .map((value) => `-X helm.sh/helm/v3/pkg/chartutil.k8sVersion${value}`)
              .join(' '),
          },
          context,
        ),
    },
  ],
  advice:
    'Install Helm (https://helm.sh/docs/intro/install) or Go (https://go.dev/dl), or set PARTNERDAY_HELM to the path of the executable.',
};

/**
 * Renders the chart below deploy/helm in tests.
 * @throws ToolUnavailableError
 */
export function ensureHelm(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
