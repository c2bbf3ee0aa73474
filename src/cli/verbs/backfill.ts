import { Command } from 'commander';
import type { BackfillDay } from '../../ingest/backfill-days.js';
import type { BackfillInput } from '../../workflows/inputs.js';
import type { BackfillDayProgress, BackfillProgress } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { TemporalClient } from '../temporal/connect.js';
import { parseTimeout } from './timeout.js';
import { verb } from './verb.js';

interface BackfillOptions {
  from: string;
  to: string;
  parallel: string;
  wait?: boolean;
  timeout?: string;
  dryRun?: boolean;
}

export function backfillVerb(cli: Cli): Command {
  return new Command('backfill')
    .summary('run the days of a range again that are missing something')
    .description(
      'Runs those days again that were never run, have failed, are held, have failed tables, or archives that were not read; no others. Only what is missing is done. Today’s days go first. The backfill goes on without this command; the same command joins it.',
    )
    .argument('<partner>', 'partner id')
    .requiredOption('--from <date>', 'first business date, YYYY-MM-DD')
    .requiredOption('--to <date>', 'last business date')
    .option('--parallel <n>', 'days at once; one at a time gives each the columns of the day before', '1')
    .option('-w, --wait', 'follow it to its end')
    .option('--timeout <duration>', 'with --wait: stop waiting after this long, e.g. 10m (exit 4)')
    .option('--dry-run', 'say how the days stand and which would be run')
    .action(verb(cli, (partner: string, options: BackfillOptions) => runBackfill(cli, partner, options)));
}

const MOST_PARALLEL = 50;

async function runBackfill(cli: Cli, partner: string, options: BackfillOptions): Promise<ExitCode> {
  const timeoutMs = parseTimeout(options.timeout, options.wait);
  const { from, to } = options;
  const parallel = /^\d{1,3}$/.test(options.parallel) ? Number(options.parallel) : 0;
  if (parallel < 1 || parallel > MOST_PARALLEL) {
    throw usageError(
      `--parallel: expected a number from 1 to ${MOST_PARALLEL}, received ${JSON.stringify(options.parallel)}`,
    );
  }
  await cli.partner(partner);
  const { datesBetween } = await import('../../ingest/backfill-days.js');
  const dates = datesBetween(from, to);
  const input: BackfillInput = { partner, from, to, parallel };
  if (options.dryRun) return dryRun(cli, input, dates);
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, (temporal) => start(cli, temporal, input, options.wait ?? false, timeoutMs));
}

async function dryRun(cli: Cli, input: BackfillInput, dates: readonly string[]): Promise<ExitCode> {
  const config = await cli.partner(input.partner);
  const { backfillDays } = await import('../../ingest/backfill-days.js');
  const days: BackfillDayProgress[] = [];
  for await (const day of backfillDays(await cli.store(), config, dates, { signal: cli.signal })) {
    days.push(await asProgress(day));
  }
  await print(cli, { ...input, days });
  cli.note('nothing was started');
  return EXIT.ok;
}

async function asProgress({ date, standing, landed, version }: BackfillDay): Promise<BackfillDayProgress> {
  const { needsRun } = await import('../../ingest/backfill-days.js');
  const state = needsRun({ standing }) ? 'waiting' : 'not-due';
  return { date, standing, landed, state, ...(version === undefined ? {} : { version }) };
}

async function start(
  cli: Cli,
  temporal: TemporalClient,
  input: BackfillInput,
  wait: boolean,
  timeoutMs: number | undefined,
): Promise<ExitCode> {
  const { startBackfill } = await import('../temporal/start-backfill.js');
  const { handle, joined } = await startBackfill(temporal, input);
  const { partner, from, to } = input;
  const again = `partnerday backfill ${partner} --from ${from} --to ${to} --wait`;
  if (joined) cli.note('it is already running; joining it');
  if (!wait) {
    const { webLink } = await import('../temporal/web-link.js');
    const { workflowId } = handle;
    const link = await webLink(cli, temporal.namespace, workflowId);
    cli.print({
      json: { partner, from, to, workflowId, link: link ?? null },
      text: () => `${workflowId}${link ? `\n${link}` : ''}`,
    });
    cli.note(`Next: ${again}`);
    return EXIT.ok;
  }
  const { followBackfill } = await import('../temporal/follow-backfill.js');
  const followed = await followBackfill(cli, temporal.client, handle, timeoutMs).catch((error: unknown) => {
    if (cli.signal.aborted) cli.note(`the backfill goes on: ${again}`);
    throw error;
  });
  if (followed.end === 'open') {
    throw new CliError(
      EXIT.timeout,
      'the backfill is not finished yet; it goes on without this command',
      again,
    );
  }
  if (followed.progress === undefined) {
    throw new CliError(EXIT.incomplete, `the backfill ended early: ${followed.error}`, again);
  }
  return finish(cli, followed.progress);
}

async function finish(cli: Cli, progress: BackfillProgress): Promise<ExitCode> {
  const { isGood } = await import('../backfill/backfill-text.js');
  await print(cli, progress);
  const bad = progress.days.filter((day) => !isGood(day));
  if (bad.length === 0) return EXIT.ok;
  cli.note(`Next: partnerday explain ${progress.partner} ${bad[0]!.date}`);
  return EXIT.incomplete;
}

async function print(cli: Cli, progress: BackfillProgress): Promise<void> {
  const { backfillText } = await import('../backfill/backfill-text.js');
  cli.print({ json: progress, lines: progress.days, text: () => backfillText(progress, cli.style) });
}
