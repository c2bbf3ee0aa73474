import { userInfo } from 'node:os';
import { Argument, Command } from 'commander';
import type { Decide } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface DecideOptions {
  why: string;
  by?: string;
}

export function decideVerb(cli: Cli): Command {
  return new Command('decide')
    .summary('release or reject a version that is held')
    .description(
      'Publishes a version that waits for a decision, or leaves it unpublished for good. Who decided and why is recorded beside the version.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .addArgument(new Argument('<action>', 'what to do with it').choices(['release', 'reject']))
    .requiredOption('--why <text>', 'the reason, for those who ask later')
    .option('--by <name>', 'who decides; default: the user of this machine')
    .action(
      verb(cli, (partner: string, date: string, action: Decide['action'], options: DecideOptions) =>
        decide(cli, partner, date, action, options),
      ),
    );
}

async function decide(
  cli: Cli,
  partner: string,
  date: string,
  action: Decide['action'],
  { why, by = userInfo().username }: DecideOptions,
): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  const { readDay } = await import('../day/day-report.js');
  const day = await readDay(await cli.store(), layout);
  if (day?.status !== 'held' || day.version === null) {
    throw usageError(
      `no version of ${partner} ${date} waits for a decision`,
      `partnerday status ${partner} ${date}`,
    );
  }
  const { version } = day;
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, async ({ client }) => {
    const { sendDecision } = await import('../temporal/send-decision.js');
    const { status } = await sendDecision(client, partner, date, { version, action, by, why });
    cli.print({
      json: { partner, date, version, action, by, why, status },
      lines: [{ partner, date, version, action, by, why, status }],
      text: () => `v${version} is ${status === 'published' ? 'published' : 'rejected'}`,
    });
    return EXIT.ok;
  });
}
