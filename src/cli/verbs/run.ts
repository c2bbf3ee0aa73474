import { Command } from 'commander';
import { Landing } from '../../ingest/arrivals/landing.js';
import type { PartnerDayLayout } from '../../ingest/layout.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { Cli } from '../cli.js';
import { usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { parseTimeout } from './timeout.js';
import { verb } from './verb.js';

interface RunOptions {
  wait?: boolean;
  timeout?: string;
  allowEmpty?: boolean;
  dryRun?: boolean;
}

export function runVerb(cli: Cli): Command {
  return new Command('run')
    .summary('process what has landed, now')
    .description(
      'Seals the partner-day with the archives that are there now and processes them, without waiting for sources. A day that is already running is joined; one that waits for sources is sealed.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('-w, --wait', 'follow it to its end')
    .option('--timeout <duration>', 'with --wait: stop waiting after this long, e.g. 10m (exit 4)')
    .option('--allow-empty', 'publish a day without archives')
    .option('--dry-run', 'list what would be processed')
    .action(
      verb(cli, (partner: string, date: string, options: RunOptions) => run(cli, partner, date, options)),
    );
}

async function run(cli: Cli, partner: string, date: string, options: RunOptions): Promise<ExitCode> {
  const timeoutMs = parseTimeout(options.timeout, options.wait);
  const config = await cli.partner(partner);
  const layout = await cli.day(partner, date);
  const { landedArchives } = await import('../../ingest/arrivals/landed-archives.js');
  const store = await cli.store();
  const archives = await landedArchives(store, config, date);
  const landed = archives.map(({ source, key, bytes }) => ({ source, key, bytes }));
  if (options.dryRun) {
    cli.print({ json: { partner, date, archives: landed }, lines: landed, text: () => listing(landed) });
    cli.note(`would process ${landed.length} archives; nothing was started`);
    return EXIT.ok;
  }
  if (landed.length === 0 && !options.allowEmpty && !(await isKnown(store, layout))) {
    const prefixes = config.sources.map((source) => new Landing(source, partner, date).prefix);
    throw usageError(
      `no archive has landed below ${prefixes.join(' or ')} of ${store.url}`,
      'put archives there, or publish an empty day with --allow-empty',
    );
  }
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, async (temporal) => {
    const { startSealed } = await import('../temporal/start-sealed.js');
    const handle = await startSealed(cli, temporal, partner, date);
    const { reportStarted } = await import('../day/report-started.js');
    if (!options.wait) return reportStarted(cli, temporal, partner, date);
    const { waitForDay } = await import('../day/wait-for-day.js');
    return waitForDay(cli, temporal, { partner, date, handle }, timeoutMs);
  });
}

/** A day that was published before may lose its archives: what it knows of them is in the store. */
async function isKnown(store: ObjectStore, layout: PartnerDayLayout): Promise<boolean> {
  return (await store.head(layout.published)) !== undefined;
}

function listing(landed: { key: string; bytes: number }[]): string {
  return (
    landed.map(({ key, bytes }) => `${String(bytes).padStart(14)}  ${key}`).join('\n') || 'nothing has landed'
  );
}
