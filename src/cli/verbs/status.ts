import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { readDay } from '../day/day-report.js';
import { dayText } from '../day/day-text.js';
import { fleetRows, fleetText } from '../day/fleet.js';
import { progressLines } from '../day/progress-lines.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { LiveView } from '../output/live-view.js';
import { verb } from './verb.js';

interface StatusOptions {
  watch?: boolean;
  days: string;
}

const LOOK_EVERY_MS = 2_000;

export function statusVerb(cli: Cli): Command {
  return new Command('status')
    .summary('how the days are')
    .description(
      'Without arguments: every partner’s last days. With a partner: its days. With a date: its tables. Finished days are read from the store alone.',
    )
    .argument('[partner]', 'partner id')
    .argument('[date]', 'business date, YYYY-MM-DD')
    .option('-w, --watch', 'look again until Ctrl-C; a running day until it ends')
    .option('--days <n>', 'how many days per partner', '7')
    .action(
      verb(cli, (partner: string | undefined, date: string | undefined, options: StatusOptions) =>
        partner !== undefined && date !== undefined
          ? dayStatus(cli, partner, date, options)
          : fleetStatus(cli, partner, options),
      ),
    );
}

async function fleetStatus(cli: Cli, partner: string | undefined, options: StatusOptions): Promise<ExitCode> {
  const days = /^\d{1,4}$/.test(options.days) ? Number(options.days) : 0;
  if (days < 1)
    throw new CliError(
      EXIT.usage,
      `--days: expected a number from 1, received ${JSON.stringify(options.days)}`,
    );
  const { partnerIds } = await import('../../config/load-project.js');
  const project = await cli.project();
  if (partner !== undefined) await cli.knownPartner(partner);
  const partners = partner === undefined ? await partnerIds(project.dir) : [partner];
  const store = await cli.store();
  const view = new LiveView(cli.stdout);
  const { runningView } = await import('../temporal/running-view.js');
  const { workerLine } = await import('../temporal/worker-view.js');
  for (;;) {
    const running = await runningView(cli);
    const workers = running.workers === undefined ? undefined : workerLine(running.workers);
    const rows = await fleetRows(store, partners, days, running);
    const text = () => (rows.length > 0 ? fleetText(rows, cli.style) : 'no day yet');
    if (!options.watch || cli.options.output !== 'table') {
      cli.print({ json: rows, lines: rows, text });
      if (workers !== undefined) cli.note(workers);
    } else {
      const lines = [...text().split('\n'), ...(workers === undefined ? [] : [workers])];
      view.update({ lines, changes: [lines.join('\n')] });
    }
    if (!options.watch) {
      if (rows.length === 0) cli.note('Next: partnerday run PARTNER DATE --wait');
      return EXIT.ok;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: cli.signal });
  }
}

async function dayStatus(cli: Cli, partner: string, date: string, options: StatusOptions): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  const store = await cli.store();
  const { runningView } = await import('../temporal/running-view.js');
  const { workerLine } = await import('../temporal/worker-view.js');
  const running = await runningView(cli, { partner, date });
  if (running.open && options.watch) {
    const { withTemporal } = await import('../temporal/connect.js');
    return withTemporal(cli, async (temporal) => {
      const { partnerDayId } = await import('../../workflows/names.js');
      const { waitForDay } = await import('../day/wait-for-day.js');
      const handle = temporal.client.workflow.getHandle(partnerDayId(partner, date));
      return waitForDay(cli, temporal, { partner, date, handle }, undefined);
    });
  }
  const day = await readDay(store, layout);
  if (running.open) {
    const { progress, link } = running.open;
    const json = {
      partner,
      date,
      status: 'running',
      progress: progress ?? null,
      workers: running.workers ?? null,
      link: link ?? null,
      published: day ?? null,
    };
    cli.print({
      json,
      text: () =>
        [
          ...(progress
            ? progressLines(progress, cli.style)
            : [`${partner} ${date}  running; no worker answers`]),
          ...(running.workers ? [`  ${workerLine(running.workers)}`] : []),
          ...(link ? [`  ${link}`] : []),
          ...(day ? ['', dayText(day, cli.style)] : []),
        ].join('\n'),
    });
    return EXIT.ok;
  }
  if (!day) {
    const ended = running.ended ? `; its last run ${running.ended}` : '';
    throw new CliError(
      EXIT.usage,
      `nothing of ${partner} ${date} is published${ended}`,
      `partnerday run ${partner} ${date} --wait`,
    );
  }
  cli.print({ json: day, text: () => dayText(day, cli.style) });
  return EXIT.ok;
}
