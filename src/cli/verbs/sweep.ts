import { Command } from 'commander';
import type { PartnerConfig } from '../../config/partner-config.js';
import type { SweptPartner } from '../../ingest/retention/sweep-partner.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface SweepOptions {
  dryRun?: boolean;
}

export function sweepVerb(cli: Cli): Command {
  return new Command('sweep')
    .summary('delete what the retention has come to the end of')
    .description(
      'Deletes rows read from archives, versions and quarantined rows that are older than `retention` of the partner allows, and uploads nobody finished for a day. Never anything that a kept version refers to, the last good version of a table, anything of a running day, or what was read of an archive that is not landed any more.',
    )
    .argument('[partner]', 'partner id (default: every partner)')
    .option('--dry-run', 'say what would be deleted')
    .action(
      verb(cli, (partner: string | undefined, options: SweepOptions) =>
        sweep(cli, partner, options.dryRun ?? false),
      ),
    );
}

async function sweep(cli: Cli, partner: string | undefined, dryRun: boolean): Promise<ExitCode> {
  const partners = await chosen(cli, partner);
  const store = await cli.store();
  const { sweepPartner } = await import('../../ingest/retention/sweep-partner.js');
  const { sweepJson, sweepText } = await import('../sweep/sweep-text.js');
  const { withTemporal } = await import('../temporal/connect.js');
  // Only Temporal knows which days are running.
  const swept = await withTemporal(cli, async ({ client }) => {
    const { describeDay } = await import('../temporal/running-days.js');
    const done: SweptPartner[] = [];
    for (const config of partners) {
      const isRunning = async (date: string) =>
        (await describeDay(client, config.id, date))?.status === 'RUNNING';
      done.push(
        await sweepPartner({ store, config, now: new Date(), isRunning, dryRun, signal: cli.signal }),
      );
    }
    return done;
  });
  const json = sweepJson(swept, dryRun);
  cli.print({ json, lines: json.days, text: () => sweepText(json, cli.style) });
  if (dryRun) cli.note('nothing was deleted');
  const unreadable = json.days.filter(({ state }) => state === 'unreadable');
  for (const { partner: id, date, error } of unreadable) cli.note(`${id} ${date} was left alone: ${error}`);
  return unreadable.length === 0 ? EXIT.ok : EXIT.incomplete;
}

async function chosen(cli: Cli, partner: string | undefined): Promise<PartnerConfig[]> {
  if (partner !== undefined) return [await cli.partner(partner)];
  await cli.warnOfProblems();
  return [...(await cli.project()).partners.values()];
}
