import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { parseBusinessDate } from '../../ingest/layout.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { LiveView } from '../output/live-view.js';
import { verb } from './verb.js';

interface RehearseOptions {
  landing: string;
  date?: string;
  archives?: string;
  scratch?: string;
}

const DATE = /(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)/;

export function rehearseVerb(cli: Cli): Command {
  return new Command('rehearse')
    .summary('what a partner’s configuration would make of a past drop')
    .description(
      'Reads, plans, merges and judges the archives of a past drop as a run would, and prints plan, cost, drift, findings and score. Nothing is published: all that is written goes to a scratch directory, which is removed.',
    )
    .argument('<partner>', 'partner id')
    .requiredOption('--landing <prefix>', 'where the drop lies in the store, e.g. landing/acme/2026-11-20/')
    .option('--date <date>', 'its business date, YYYY-MM-DD (default: as the prefix says)')
    .option('--archives <count>', 'only so many archives of each source')
    .option('--scratch <dir>', 'directory for what is written meanwhile (default: the system’s)')
    .action(verb(cli, (partner: string, options: RehearseOptions) => rehearse(cli, partner, options)));
}

async function rehearse(cli: Cli, partner: string, options: RehearseOptions): Promise<ExitCode> {
  const config = await cli.partner(partner);
  const date = dateOf(options);
  const landing = options.landing.endsWith('/') ? options.landing : `${options.landing}/`;
  const archives = countOf(options.archives);
  const store = await cli.store();
  const { openStore } = await import('../../store/open-store.js');
  const { rehearseDay } = await import('../rehearsal/rehearse-day.js');
  const { describeRehearsal, rehearsalText } = await import('../rehearsal/rehearsal-text.js');
  const directory = await mkdtemp(join(options.scratch ?? tmpdir(), 'partnerday-rehearsal-'));
  const view = new LiveView(cli.stderr);
  const scratch = await openStore(pathToFileURL(directory).href);
  try {
    const rehearsal = await rehearseDay({
      store,
      scratch,
      config,
      date,
      landing,
      archives,
      signal: cli.signal,
      onProgress: (line) => view.update({ lines: [line], changes: [] }),
    });
    view.update({ lines: [], changes: [] });
    if (rehearsal.cost.archives === 0)
      throw new CliError(
        EXIT.usage,
        `no archive of ${partner} lies below ${landing} (${config.sources.map((source) => source.archives).join(', ')})`,
        'look at the prefix, or at `sources[].archives`',
      );
    const described = await describeRehearsal(rehearsal);
    cli.print({ json: described, text: () => rehearsalText(described, cli.style) });
    cli.note('Nothing was published, and what was written meanwhile is removed.');
    return described.day.tables.every(({ status }) => status === 'merged') ? EXIT.ok : EXIT.incomplete;
  } finally {
    await scratch.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function dateOf({ date, landing }: RehearseOptions): string {
  if (date !== undefined) return parseBusinessDate(date);
  const [, year, month, day] = DATE.exec(landing) ?? [];
  if (year === undefined)
    throw usageError(`${landing} names no date`, 'say which business date it is: --date YYYY-MM-DD');
  return parseBusinessDate(`${year}-${month}-${day}`);
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw usageError(`--archives: expected a number from 1 on, received ${JSON.stringify(text)}`);
}
