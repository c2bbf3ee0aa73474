import { Command } from 'commander';
import { parseTable } from '../../ingest/layout.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { type DayReport, nothingPublished, readDay } from '../day/day-report.js';
import { explainDay } from '../day/explain-day.js';
import { explainText } from '../day/explain-text.js';
import { progressLines } from '../day/progress-lines.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { RunningView } from '../temporal/running-view.js';
import { verb } from './verb.js';

export function explainVerb(cli: Cli): Command {
  return new Command('explain')
    .summary('why a day or table is not as it should be')
    .description(
      'Says what cost points, which tables failed and why, where the first bad archives, members and lines are, what was tried, and what to type next. Finished days need only the store.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .argument('[table]', 'only this table, informative findings included')
    .action(
      verb(cli, (partner: string, date: string, table: string | undefined) =>
        explain(cli, partner, date, table),
      ),
    );
}

async function explain(cli: Cli, partner: string, date: string, table?: string): Promise<ExitCode> {
  const layout = await cli.day(partner, date);
  if (table !== undefined) parseTable(table);
  const store = await cli.store();
  const published = await readDay(store, layout);
  const { runningView } = await import('../temporal/running-view.js');
  // A published day explains itself; Temporal knows more only of one that is open or never got that far.
  const running = await runningView(cli, { partner, date }, { quiet: published !== undefined });
  const progress = running.open?.progress;
  if (progress) {
    const busy = progressLines(progress, cli.noteStyle);
    cli.note(['It is still running:', ...busy.map((line) => `  ${line}`), ''].join('\n'));
  }
  if (published && running.error) cli.note(`The last run failed and changed nothing: ${running.error}\n`);
  const day = published ?? failedDay(partner, date, running);
  if (table !== undefined && published && !published.tables.some((known) => known.table === table)) {
    const known = published.tables.map((candidate) => candidate.table).join(', ');
    throw usageError(`${partner} ${date} has no table ${JSON.stringify(table)}: expected one of ${known}`);
  }
  const why = await explainDay(store, layout, day, { table, last: running.last ?? progress });
  cli.print({ json: why, lines: why.tables, text: () => explainText(why, cli.style) });
  return EXIT.ok;
}

function failedDay(partner: string, date: string, running: RunningView): DayReport {
  if (running.open)
    return nothingPublished(partner, date, 'nothing is published yet: the day is still running');
  if (running.ended) {
    return nothingPublished(
      partner,
      date,
      `the last run ${running.ended}${running.error ? `: ${running.error}` : ''}; nothing is published`,
    );
  }
  throw new CliError(
    EXIT.usage,
    `there is nothing to explain: nothing of ${partner} ${date} is published, and no run of it is known`,
    `partnerday run ${partner} ${date} --wait`,
  );
}
