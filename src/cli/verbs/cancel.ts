import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { partnerDayId } from '../../workflows/names.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface CancelOptions {
  dryRun?: boolean;
}

const CLOSE_TIMEOUT_MS = 15_000;

export function cancelVerb(cli: Cli): Command {
  return new Command('cancel')
    .summary('stop a running partner-day')
    .description(
      'Asks the run to stop. Committed archives and merged tables are kept: `partnerday run` continues from them. What readers see does not change.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('--dry-run', 'say what would be cancelled')
    .action(
      verb(cli, (partner: string, date: string, options: CancelOptions) =>
        cancel(cli, partner, date, options),
      ),
    );
}

async function cancel(cli: Cli, partner: string, date: string, options: CancelOptions): Promise<ExitCode> {
  await cli.day(partner, date);
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, async ({ client }) => {
    const { describeDay, queryProgress } = await import('../temporal/running-days.js');
    const run = await describeDay(client, partner, date);
    if (run?.status !== 'RUNNING') {
      throw usageError(
        `${partner} ${date} is not running${run ? ` (last run: ${run.status.toLowerCase()})` : ''}`,
        `partnerday status ${partner} ${date}`,
      );
    }
    const progress = await queryProgress(client, partner, date);
    const kept = progress
      ? `${progress.archives.committed} committed archives and ${progress.tables.filter(({ state }) => state === 'merged').length} merged tables are kept`
      : 'whatever was committed is kept';
    if (options.dryRun) {
      cli.note(`would cancel ${partnerDayId(partner, date)}; ${kept}`);
      return EXIT.ok;
    }
    await client.workflow.getHandle(partnerDayId(partner, date), run.runId).cancel();
    const deadline = Date.now() + CLOSE_TIMEOUT_MS;
    let now = await describeDay(client, partner, date);
    while (now?.status === 'RUNNING' && Date.now() < deadline) {
      await sleep(200, undefined, { signal: cli.signal });
      now = await describeDay(client, partner, date);
    }
    const status = now?.status === 'RUNNING' ? 'cancelling' : (now?.status.toLowerCase() ?? 'gone');
    cli.print({
      json: { partner, date, runId: run.runId, status },
      text: () => `${partner} ${date}: ${status}`,
    });
    cli.note(`${kept}. Continue with: partnerday run ${partner} ${date}`);
    return EXIT.ok;
  });
}
