import { Command } from 'commander';
import { type AlertChannel, alertChannels, type ChannelName } from '../../alerts/alert-channels.js';
import { sendOver } from '../../alerts/deliver-alert.js';
import { sampleAlert } from '../../alerts/sample-alert.js';
import { renderAlertText } from '../../quality/alert.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { renderTable } from '../output/table.js';
import { verb } from './verb.js';

interface Tested {
  channel: ChannelName;
  /** Of the address only this is shown: the rest is a secret. */
  host: string;
  ok: boolean;
  said: string;
}

export function alertsVerb(cli: Cli): Command {
  return new Command('alerts')
    .summary('how people are told')
    .description('Alerts go to Slack and to a signed webhook, as the environment says.')
    .addCommand(
      new Command('test')
        .summary('send a marked sample over every channel')
        .description(
          'Sends an alert that says it is a test to every channel in the environment, or to those of one partner, and says what was answered. Nothing is recorded.',
        )
        .argument('[partner]', 'partner id')
        .option('--dry-run', 'show the alert, and where it would go')
        .action(
          verb(cli, (partner: string | undefined, options: { dryRun?: boolean }) =>
            test(cli, partner, options),
          ),
        ),
    );
}

async function test(
  cli: Cli,
  partner: string | undefined,
  { dryRun }: { dryRun?: boolean },
): Promise<ExitCode> {
  const config = partner === undefined ? undefined : await cli.partner(partner);
  const { settings } = await cli.project();
  const { channels, problems } = alertChannels(cli.env, settings, config?.id);
  if (channels.length + problems.length === 0) {
    throw new CliError(
      EXIT.usage,
      'no channel is configured: the environment names neither PARTNERDAY_SLACK_WEBHOOK nor PARTNERDAY_ALERT_WEBHOOK',
      'export PARTNERDAY_SLACK_WEBHOOK=https://hooks.slack.com/services/...',
    );
  }
  const alert = sampleAlert(config?.id ?? 'any-partner', config?.consumers ?? [], new Date());
  if (dryRun) cli.note(renderAlertText(alert));
  const tested: Tested[] = problems.map(({ name, variable, problem }) => ({
    channel: name,
    host: '',
    ok: false,
    said: `${variable} ${problem}`,
  }));
  for (const channel of channels)
    tested.push(
      dryRun
        ? { ...placeOf(channel), ok: true, said: 'would be sent' }
        : { ...placeOf(channel), ...(await send(channel)) },
    );
  cli.print({ json: tested, lines: tested, text: () => text(cli, tested) });
  return tested.every(({ ok }) => ok) ? EXIT.ok : EXIT.unreachable;

  async function send(channel: AlertChannel): Promise<Pick<Tested, 'ok' | 'said'>> {
    const posted = await sendOver(channel, alert, 'test', new Date());
    return posted.kind === 'accepted'
      ? { ok: true, said: `accepted (${posted.status})` }
      : { ok: false, said: posted.detail };
  }
}

function placeOf({ name, url }: AlertChannel): Pick<Tested, 'channel' | 'host'> {
  return { channel: name, host: url.host };
}

function text(cli: Cli, tested: readonly Tested[]): string {
  return renderTable<Tested>(
    [
      { title: '', value: ({ ok }) => (ok ? cli.style('green', 'ok') : cli.style('red', 'fail')) },
      { title: 'channel', value: ({ channel }) => channel },
      { title: 'host', value: ({ host }) => host },
      { title: 'answer', value: ({ said }) => said },
    ],
    tested,
  );
}
