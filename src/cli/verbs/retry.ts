import { Command } from 'commander';
import { parseTable } from '../../ingest/layout.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { parseTimeout } from './timeout.js';
import { verb } from './verb.js';

interface RetryOptions {
  table?: string[];
  wait?: boolean;
  timeout?: string;
  dryRun?: boolean;
}

export function retryVerb(cli: Cli): Command {
  return new Command('retry')
    .summary('merge failed tables again')
    .description(
      'Merges the failed tables of a partner-day again, or those named. Archives are not read again; what recovers is published as the next version.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('-t, --table <table...>', 'only these tables')
    .option('-w, --wait', 'follow it to its end')
    .option('--timeout <duration>', 'with --wait: stop waiting after this long, e.g. 10m (exit 4)')
    .option('--dry-run', 'say which tables would be retried')
    .action(
      verb(cli, (partner: string, date: string, options: RetryOptions) => retry(cli, partner, date, options)),
    );
}

async function retry(cli: Cli, partner: string, date: string, options: RetryOptions): Promise<ExitCode> {
  const timeoutMs = parseTimeout(options.timeout, options.wait);
  const layout = await cli.day(partner, date);
  await cli.partner(partner);
  const tables = (options.table ?? []).map(parseTable);
  const { readDay } = await import('../day/day-report.js');
  const day = await readDay(await cli.store(), layout);
  if (day) {
    const known = day.tables.map(({ table }) => table);
    const unknown = tables.find((table) => !known.includes(table));
    if (unknown !== undefined) {
      throw usageError(
        `${partner} ${date} has no table ${JSON.stringify(unknown)}: expected one of ${known.join(', ')}`,
      );
    }
    const failed = day.tables.filter(({ status }) => status !== 'merged').map(({ table }) => table);
    if (options.dryRun) {
      const chosen = tables.length > 0 ? tables.filter((table) => failed.includes(table)) : failed;
      cli.print({
        json: { partner, date, tables: chosen },
        lines: chosen,
        text: () => chosen.join('\n') || 'nothing failed',
      });
      cli.note('nothing was started');
      return EXIT.ok;
    }
  } else if (options.dryRun) {
    throw new CliError(
      EXIT.usage,
      `${partner} ${date} has not published anything yet`,
      `partnerday run ${partner} ${date}`,
    );
  }
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, async (temporal) => {
    const { describeDay } = await import('../temporal/running-days.js');
    if (!day && (await describeDay(temporal.client, partner, date))?.status !== 'RUNNING') {
      throw usageError(
        `${partner} ${date} has not published anything yet: there is nothing to retry`,
        `partnerday run ${partner} ${date} --wait`,
      );
    }
    const { sendRetry } = await import('../temporal/send-retry.js');
    const { accepted, handle } = await sendRetry(temporal.client, partner, date, tables);
    if (accepted.length > 0) cli.note(`retrying ${accepted.join(', ')}`);
    else cli.note('nothing failed: there is nothing to retry');
    if (options.wait) {
      const { waitForDay } = await import('../day/wait-for-day.js');
      return waitForDay(cli, temporal, { partner, date, handle }, timeoutMs);
    }
    cli.print({
      json: { partner, date, tables: accepted },
      lines: accepted,
      text: () => accepted.join('\n'),
    });
    cli.note(`Next: partnerday status ${partner} ${date} --watch`);
    return EXIT.ok;
  });
}
