import { ensureTool, findTool, type ToolRecipe } from './ensure-tool.js';
import { goInstall } from './go-install.js';
import { downloadWithSdk } from './sdk-download.js';
import type { EnsureToolOptions, FindToolOptions, Tool } from './tool.js';

/** The first server line with task queue fairness. */
const OLDEST_SERVER = [1, 29] as const;

const recipe: ToolRecipe = {
  binary: 'temporal',
  title: 'the Temporal server',
  variable: 'PARTNERDAY_TEMPORAL',
  refuse(version) {
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(version) ?? [];
    if (major === undefined) return `no server version in "${version}"`;
    const [wantMajor, wantMinor] = OLDEST_SERVER;
    const older = Number(major) < wantMajor || (Number(major) === wantMajor && Number(minor) < wantMinor);
    return older ? `server ${major}.${minor} is older than ${wantMajor}.${wantMinor}` : undefined;
  },
  ways: [
    { origin: 'download', obtain: downloadWithSdk },
    {
      origin: 'go',
      obtain: (context) =>
        goInstall(
          {
            module: 'github.com/temporalio/cli/cmd/temporal',
            version: 'v1.5.1',
            binary: 'temporal',
            title: 'the Temporal CLI',
            duration: '3 min',
          },
          context,
        ),
    },
  ],
  advice:
    'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 (https://go.dev/dl), or set PARTNERDAY_TEMPORAL to the path of a `temporal` executable.',
};

/** @throws ToolUnavailableError when PARTNERDAY_TEMPORAL names something that is not a usable server */
export async function findTemporal(options?: FindToolOptions): Promise<Tool | undefined> {
  return (await findTool(recipe, options)).tool;
}

/**
 * The `temporal` executable, which contains the development server. Takes minutes the first time on a machine that
 * has to build it.
 * @throws ToolUnavailableError
 */
export function ensureTemporal(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe, options);
}
