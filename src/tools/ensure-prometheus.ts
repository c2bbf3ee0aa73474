import { aptExtract } from './apt-extract.js';
import { ensureTool, type ToolRecipe } from './ensure-tool.js';
import type { EnsureToolOptions, Tool } from './tool.js';

const ADVICE =
  'Install Prometheus (https://prometheus.io/download), on Debian and Ubuntu `apt-get update` may be enough, or set';

const recipe = (binary: 'prometheus' | 'promtool', variable: string): ToolRecipe => ({
  binary,
  title: binary === 'promtool' ? 'promtool' : 'Prometheus',
  variable,
  ways: [
    {
      origin: 'apt',
      obtain: (context) => aptExtract({ package: 'prometheus', binary, size: '20 MB' }, context),
    },
  ],
  advice: `${ADVICE} ${variable} to the path of the executable.`,
});

/**
 * Scrapes a worker and answers the dashboards' queries in tests.
 * @throws ToolUnavailableError
 */
export function ensurePrometheus(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe('prometheus', 'PARTNERDAY_PROMETHEUS'), options);
}

/**
 * Tests the alert rules.
 * @throws ToolUnavailableError
 */
export function ensurePromtool(options?: EnsureToolOptions): Promise<Tool> {
  return ensureTool(recipe('promtool', 'PARTNERDAY_PROMTOOL'), options);
}
