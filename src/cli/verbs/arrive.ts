import { Command } from 'commander';
import type { PartnerConfig } from '../../config/partner-config.js';
import { Landing } from '../../ingest/landing.js';
import { MAX_KEYS, type SourceArrived, type SourceComplete } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
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

type Message =
  | { name: 'sourceArrived'; body: SourceArrived }
  | { name: 'sourceComplete'; body: SourceComplete };

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
export function messagesOf(config: PartnerConfig, date: string, options: ArriveOptions): Message[] {
  const source = sourceOf(config, options.source);
  const landing = new Landing(source, config.id, date);
  const keys = options.key?.map((name) => landing.keyOf(name));
  if (keys && keys.length > MAX_KEYS) {
    throw usageError(
      `expected at most ${MAX_KEYS} keys, received ${keys.length}`,
      'put them into an object {"archives": [{"name", "bytes"}]} and use --manifest',
    );
  }
  const manifest = options.manifest === undefined ? undefined : landing.keyOf(options.manifest);
  if (options.archives !== undefined && !options.complete) throw usageError('--archives needs --complete');
  const archives = parseCount(options.archives);
  const messages: Message[] = [];
  if (keys || (manifest !== undefined && !options.complete) || !options.complete) {
    messages.push({
      name: 'sourceArrived',
      body: {
        source: source.id,
        ...(keys ? { keys } : {}),
        ...(manifest !== undefined && !options.complete ? { manifest } : {}),
      },
    });
  }
  if (options.complete) {
    messages.push({
      name: 'sourceComplete',
      body: {
        source: source.id,
        ...(archives === undefined ? {} : { archives }),
        ...(manifest === undefined ? {} : { manifest }),
      },
    });
  }
  return messages;
}

function sourceOf(config: PartnerConfig, id: string | undefined): PartnerConfig['sources'][number] {
  const ids = config.sources.map((source) => source.id).join(', ');
  if (id === undefined) {
    if (config.sources.length > 1)
      throw usageError(`${config.id} has several sources: say which with --source (${ids})`);
    return config.sources[0]!;
  }
  const source = config.sources.find((candidate) => candidate.id === id);
  if (!source) throw usageError(`${config.id} has no source ${JSON.stringify(id)}: expected one of ${ids}`);
  return source;
}

function parseCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw usageError(`--archives: expected a whole number, received ${JSON.stringify(text)}`);
  return Number(text);
}
