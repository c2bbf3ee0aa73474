import type { ProjectSettings } from '../config/project-settings.js';

export type ChannelName = 'slack' | 'webhook';

/** Where alerts of a partner go. The address is a secret: only its host is ever shown. */
export interface AlertChannel {
  name: ChannelName;
  url: URL;
  /** What messages are signed with. */
  secret?: string;
  timeoutMs: number;
  privateNetwork: boolean;
}

export interface AlertChannels {
  channels: AlertChannel[];
  /** Channels that are configured and cannot be used, with the reason. */
  problems: { name: ChannelName; variable: string; problem: string }[];
}

const VARIABLES = { slack: 'PARTNERDAY_SLACK_WEBHOOK', webhook: 'PARTNERDAY_ALERT_WEBHOOK' } as const;
const SECRET = 'PARTNERDAY_ALERT_SECRET';

/**
 * The channels of a partner, from the environment only: `PARTNERDAY_SLACK_WEBHOOK_ACME` for one partner, the same
 * without the partner for all others; an empty one switches the channel off. Which hosts may be written to is settled
 * in the project, so that an address alone cannot send data elsewhere.
 */
export function alertChannels(
  env: NodeJS.ProcessEnv,
  { alerts }: Pick<ProjectSettings, 'alerts'>,
  partner?: string,
): AlertChannels {
  const found: AlertChannels = { channels: [], problems: [] };
  for (const name of ['slack', 'webhook'] as const) {
    const [variable, address] = settingOf(env, VARIABLES[name], partner);
    if (!address) continue;
    const [, secret] = settingOf(env, SECRET, partner);
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const problem = problemOf(name, url, secret, alerts);
    if (url === undefined || problem !== undefined) {
      found.problems.push({ name, variable, problem: problem ?? 'is no URL' });
      continue;
    }
    found.channels.push({
      name,
      url,
      ...(name === 'webhook' && secret ? { secret } : {}),
      timeoutMs: alerts.timeout,
      privateNetwork: alerts.privateNetwork,
    });
  }
  return found;
}

function problemOf(
  name: ChannelName,
  url: URL | undefined,
  secret: string | undefined,
  { hosts, privateNetwork }: ProjectSettings['alerts'],
): string | undefined {
  if (url === undefined) return 'is no URL';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && privateNetwork))
    return `begins with ${url.protocol}; expected https:`;
  if (url.username !== '' || url.password !== '') return 'holds a user name or a password';
  if (!hosts.includes(url.hostname))
    return `names the host ${url.hostname}; partnerday.yaml allows ${hosts.join(', ') || 'none'} (alerts.hosts)`;
  if (name === 'webhook' && !secret) return `needs a secret to sign with: set ${SECRET}`;
  return undefined;
}

function settingOf(
  env: NodeJS.ProcessEnv,
  name: string,
  partner: string | undefined,
): [variable: string, value: string | undefined] {
  const own = partner === undefined ? name : `${name}_${partner.replaceAll('-', '_').toUpperCase()}`;
  return env[own] === undefined ? [name, env[name]] : [own, env[own]];
}
