import { alertChannels } from '../../alerts/alert-channels.js';
import type { ProjectSettings } from '../../config/project-settings.js';
import type { Check } from './run-checks.js';

/**
 * Whether people can be told, for every partner as its worker would do it. Nothing is sent, and of an address only the
 * host is shown: `partnerday alerts test` sends.
 */
export function checkChannels(
  env: NodeJS.ProcessEnv,
  settings: Pick<ProjectSettings, 'alerts'>,
  partners: Iterable<string>,
): Check[] {
  const places = new Set<string>();
  const problems = new Map<string, string>();
  const untold: string[] = [];
  for (const partner of partners) {
    const found = alertChannels(env, settings, partner);
    for (const { name, url } of found.channels) places.add(`${name} (${url.hostname})`);
    for (const { variable, problem } of found.problems) problems.set(variable, problem);
    if (found.channels.length + found.problems.length === 0) untold.push(partner);
  }
  const name = 'alerts';
  const failed = [...problems].map(
    ([variable, problem]): Check => ({
      name,
      state: 'fail',
      found: `${variable} ${problem}`,
      fix: 'mend the variable, then partnerday alerts test',
    }),
  );
  if (failed.length > 0) return failed;
  const found = places.size > 0 ? [...places].sort().join(', ') : 'kept in the store, and sent to nobody';
  if (untold.length === 0) return [{ name, state: 'ok', found }];
  const whom = places.size > 0 ? `; nobody is told about ${untold.sort().join(', ')}` : '';
  return [{ name, state: 'ok', found: `${found}${whom}` }];
}
