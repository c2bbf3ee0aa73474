import { Command } from 'commander';
import type { ReplayTarget } from '../../ingest/quarantine/replay-targets.js';
import type { Cli } from '../cli.js';
import { CliError, usageError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Quarantine, Surveyed } from '../quarantine/open-quarantine.js';
import { parseTimeout } from './timeout.js';
import { verb } from './verb.js';

interface ReplayOptions {
  archive?: string[];
  all?: boolean;
  wait?: boolean;
  timeout?: string;
  dryRun?: boolean;
}

export function quarantineReplayVerb(cli: Cli): Command {
  return new Command('replay')
    .summary('read archives again by the rules of today')
    .description(
      'Reads archives that something was set aside of again, by the configuration as it stands now, and publishes the next version with what loads now. Archives that were sent again are taken up, too. Changing the configuration alone reads nothing again.',
    )
    .argument('<partner>', 'partner id')
    .argument('<date>', 'business date, YYYY-MM-DD')
    .option('-a, --archive <key...>', 'these archives (default: all that something was set aside of)')
    .option(
      '--all',
      'every archive of the day that was read by other rules, e.g. for a new rule across tables',
    )
    .option('-w, --wait', 'follow it to its end, and compare')
    .option('--timeout <duration>', 'with --wait: stop waiting after this long, e.g. 10m (exit 4)')
    .option('--dry-run', 'say what would be read again')
    .action(
      verb(cli, (partner: string, date: string, options: ReplayOptions) =>
        replay(cli, partner, date, options),
      ),
    );
}

async function replay(cli: Cli, partner: string, date: string, options: ReplayOptions): Promise<ExitCode> {
  const timeoutMs = parseTimeout(options.timeout, options.wait);
  const config = await cli.partner(partner);
  const layout = await cli.day(partner, date);
  const { openQuarantine, surveyQuarantine } = await import('../quarantine/open-quarantine.js');
  const { replayTargets, isWorthReplaying } = await import('../../ingest/quarantine/replay-targets.js');
  const { rulesOf } = await import('../../config/rules-of.js');
  const quarantine = await openQuarantine(cli, layout);
  const before = await surveyQuarantine(quarantine);
  const { rulesId } = rulesOf(config);
  const named = chosen(quarantine, before, options);
  const targets = await replayTargets(quarantine.store, named, rulesId, { signal: cli.signal });
  const worth = targets.filter(isWorthReplaying);
  if (options.dryRun) return printTargets(cli, quarantine, before, targets);
  if (worth.length === 0) {
    throw new CliError(
      EXIT.usage,
      targets.length === 0
        ? `${partner} ${date} v${quarantine.publication.version} has nothing set aside`
        : `reading ${targets.length === 1 ? 'this archive' : `these ${targets.length} archives`} again would give the same: neither the rules nor the archives have changed`,
      `correct partners/${partner}.yaml, or have the archives sent again, then repeat this`,
    );
  }
  const again = worth.filter(({ state }) => state === 'other-rules').map(({ archive }) => archive);
  const { writeReplayList } = await import('../../ingest/quarantine/replay-list.js');
  const key =
    again.length === 0
      ? undefined
      : await writeReplayList(quarantine.store, layout, again, { signal: cli.signal });
  const { withTemporal } = await import('../temporal/connect.js');
  return withTemporal(cli, async ({ client }) => {
    const { startReplay } = await import('../temporal/start-replay.js');
    const { countsText } = await import('../quarantine/quarantine-text.js');
    const handle = await startReplay(client, partner, date, key);
    cli.note(`before: ${countsText(before.counts)} set aside in version ${quarantine.publication.version}`);
    cli.note(`reading ${again.length} archives again, and what was sent since`);
    const started = {
      partner,
      date,
      archives: worth.map(({ archive }) => archive.key),
      before: before.counts,
    };
    if (!options.wait) {
      cli.print({ json: started, lines: started.archives, text: () => started.archives.join('\n') });
      cli.note(
        `Next: partnerday status ${partner} ${date} --watch, then partnerday quarantine list ${partner} ${date}`,
      );
      return EXIT.ok;
    }
    const { followDays } = await import('../temporal/follow-day.js');
    const [followed] = await followDays(cli, client, [{ partner, date, handle }], { timeoutMs });
    if (followed!.end === 'open') {
      throw new CliError(
        EXIT.timeout,
        `${partner} ${date} is not finished yet; it goes on without this command`,
        `partnerday quarantine list ${partner} ${date}`,
      );
    }
    return compare(cli, quarantine, before, followed!.error);
  });
}

/** The same count before and after: what was set aside and is not any more has been loaded, or sent again in order. */
async function compare(
  cli: Cli,
  { layout, publication }: Quarantine,
  before: Surveyed,
  error: string | undefined,
): Promise<ExitCode> {
  const { openQuarantine, surveyQuarantine } = await import('../quarantine/open-quarantine.js');
  const { countsText } = await import('../quarantine/quarantine-text.js');
  const now = await openQuarantine(cli, layout);
  const after = await surveyQuarantine(now);
  const { partner, date, version } = now.publication;
  const failed = now.publication.tables.filter(({ status }) => status !== 'merged').map(({ table }) => table);
  const json = {
    partner,
    date,
    before: { version: publication.version, ...before.counts },
    after: { version, ...after.counts },
    failedTables: failed,
    error: error ?? null,
  };
  cli.print({
    json,
    text: () =>
      [
        `before  v${publication.version}: ${countsText(before.counts)} set aside`,
        `after   v${version}: ${countsText(after.counts)} set aside`,
      ].join('\n'),
  });
  if (error !== undefined) cli.note(`${cli.noteStyle('red', 'error:')} ${error}`);
  if (version === publication.version) {
    cli.note(`no new version was published; partnerday explain ${partner} ${date}`);
    return EXIT.incomplete;
  }
  if (error === undefined && failed.length === 0) return EXIT.ok;
  cli.note(`Next: partnerday explain ${partner} ${date}`);
  return EXIT.incomplete;
}

async function printTargets(
  cli: Cli,
  { publication }: Quarantine,
  { counts }: Surveyed,
  targets: readonly ReplayTarget[],
): Promise<ExitCode> {
  const { renderTable } = await import('../output/table.js');
  const { isWorthReplaying } = await import('../../ingest/quarantine/replay-targets.js');
  const { partner, date, version } = publication;
  const archives = targets.map((target) => ({
    archive: target.archive.key,
    etag: target.archive.etag,
    state: target.state,
    replay: isWorthReplaying(target),
  }));
  cli.print({
    json: { partner, date, version, before: counts, archives },
    lines: archives,
    text: () =>
      archives.length === 0
        ? 'nothing is set aside'
        : renderTable(
            [
              { title: 'archive', value: ({ archive }) => archive },
              { title: 'again', value: (target) => (target.replay ? 'yes' : 'no') },
              { title: 'because', value: ({ state }) => BECAUSE[state] },
            ],
            archives,
          ),
  });
  cli.note('nothing was started');
  return EXIT.ok;
}

const BECAUSE: Record<ReplayTarget['state'], string> = {
  'other-rules': 'the rules have changed since it was read',
  'sent-again': 'it was sent again',
  unread: 'it could not be read so far',
  'same-rules': 'the rules are those it was read by',
  gone: 'it is not in the landing prefix any more',
};

function chosen(
  { plan, layout }: Quarantine,
  { archives }: Surveyed,
  { archive: keys, all }: Pick<ReplayOptions, 'archive' | 'all'>,
) {
  if (all && keys) throw usageError('--all and --archive exclude each other', 'give one of them');
  const read = plan.archives.filter(({ etag, fate }) => etag !== undefined && fate !== 'superseded');
  if (all) return read;
  if (keys === undefined) return archives;
  return keys.map((key) => {
    const found = read.find((archive) => archive.key === key);
    if (found) return found;
    throw usageError(
      `version ${plan.version} of ${layout.partner} ${layout.date} has no archive ${JSON.stringify(key)}`,
      `partnerday quarantine list ${layout.partner} ${layout.date}`,
    );
  });
}
