import { Command } from 'commander';
import type { PartnerConfig } from '../../config/partner-config.js';
import { MAX_KEYS } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { type ArrivalMessage, arrivalMessages } from '../temporal/arrival-messages.js';
import { plainSignalCommand } from '../temporal/plain-command.js';
import { verb } from './verb.js';

interface ArriveOptions {
  source?: string;
  key?: string[];
  manifest?: string;
  complete?: boolean;
  archives?: string;
  dryRun?: boolean;
}

export function arriveVerb(cli: Cli): Command {
  return new Command('arrive')
    .summary('say that archives are there, or that a source is complete')
    .description(
      'Tells the partner-day what has arrived, and starts it when it is not running yet. Saying it twice changes nothing. With none of --key, --manifest and --complete, the day looks at its landing prefix again.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('-s, --source <id>', 'which source (default: the only one)')
    .option(
      '-k, --key <key...>',
      `archives that have landed, at most ${MAX_KEYS}; relative to the landing prefix or whole keys`,
    )
    .option('-m, --manifest <key>', 'object with {archives: [{name, bytes}]}')
    .option('--complete', 'the source has sent everything')
    .option('--archives <n>', 'with --complete: how many archives it sent')
    .option('--dry-run', 'print the message without sending it')
    .action(
      verb(cli, (partner: string, date: string, options: ArriveOptions) =>
        arrive(cli, partner, date, options),
      ),
    );
}

async function arrive(cli: Cli, partner: string, date: string, options: ArriveOptions): Promise<ExitCode> {
  const config = await cli.partner(partner);
  await cli.day(partner, date);
  const messages = messagesOf(config, date, options);
  const commands = messages.map(({ name, body }) => plainSignalCommand(partner, date, name, body));
  const json = { partner, date, messages, commands };
  if (options.dryRun) {
    cli.print({ json, text: () => commands.join('\n') });
    cli.note('nothing was sent');
    return EXIT.ok;
  }
  const { withTemporal } = await import('../temporal/connect.js');
  await withTemporal(cli, async ({ client }) => {
    const { sendArrival } = await import('../temporal/send-arrival.js');
    for (const message of messages) await sendArrival(client, partner, date, message.name, message.body);
  });
  for (const { name } of messages) cli.note(`sent ${name}`);
  cli.note('The same with the Temporal CLI, while the day is open:');
  cli.print({ json, text: () => commands.join('\n') });
  cli.note(`Next: partnerday status ${partner} ${date} --watch`);
  return EXIT.ok;
}

/** What to send, all of it checked before anything is sent. */
export function messagesOf(config: PartnerConfig, date: string, options: ArriveOptions): ArrivalMessage[] {
  if (options.archives !== undefined && !options.complete) throw usageError('--archives needs --complete');
  return arrivalMessages(config, date, {
    source: options.source,
    keys: options.key,
    manifest: options.manifest,
    complete: options.complete,
    archives: parseCount(options.archives),
  });
}

function parseCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw usageError(`--archives: expected a whole number, received ${JSON.stringify(text)}`);
  return Number(text);
}
