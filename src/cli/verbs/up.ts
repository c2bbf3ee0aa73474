import { Command } from 'commander';
import { readUpRecord, removeUpRecord, type UpRecord } from '../../config/up-record.js';
import type { Cli } from '../cli.js';
import { CliError } from '../cli-error.js';
import { isRunning } from '../environment/process-identity.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface UpOptions {
  detach?: boolean;
  s3?: boolean;
  dryRun?: boolean;
}

const STOP_GRACE_MS = 10_000;
const WATCH_EVERY_MS = 500;

export function upVerb(cli: Cli): Command {
  return new Command('up')
    .summary('start a Temporal server, a store, a worker and the pages on this machine')
    .description(
      'Starts a Temporal development server, the embedded store, one worker and the pages (`partnerday serve`), waits until they are ready and prints their addresses. Every verb with the same --config finds them. Without --detach it runs until Ctrl-C.',
    )
    .option('-d, --detach', 'leave it running in the background')
    .option('--s3', 'serve the store over S3 (versitygw) instead of the file system')
    .option('--dry-run', 'say what would be started')
    .action(verb(cli, (options: UpOptions) => up(cli, options)));
}

async function up(cli: Cli, options: UpOptions): Promise<ExitCode> {
  const project = await cli.project();
  await cli.warnOfProblems();
  if (options.dryRun) {
    const { configuredStore } = await import('../../config/resolve-store.js');
    const store = options.s3 ? 'an S3 server' : (cli.env.PARTNERDAY_STORE ?? configuredStore(project).url);
    cli.note(
      `would start a Temporal server, a worker for all queues, the pages and ${store}; nothing was started`,
    );
    return EXIT.ok;
  }
  const { startEnvironment, stopEnvironment, withEnvironmentLock } = await import(
    '../environment/environment.js'
  );
  const { record, already } = await withEnvironmentLock(
    project.dir,
    async () => {
      const standing = await standingRecord(project.dir);
      if (standing) return { record: standing, already: true };
      const { signal, env } = cli;
      const announce = (line: string) => cli.note(line);
      announce('starting the Temporal server and a worker ...');
      const s3 = options.s3 ?? false;
      return {
        record: await startEnvironment({ project, env, signal, announce, s3, schedule: true, serve: true }),
        already: false,
      };
    },
    cli.signal,
  );
  if (already) cli.note('already up (partnerday down stops it)');
  cli.print({ json: publicView(record), text: () => addresses(record) });
  if (already) return EXIT.ok;
  const first = [...project.partners.keys()][0];
  cli.note('');
  cli.note(first ? `Next: partnerday run ${first} YYYY-MM-DD --wait` : 'Next: partnerday partner add ID');
  if (options.detach) {
    cli.note('It stays up in the background; partnerday down stops it.');
    return EXIT.ok;
  }
  cli.note('Ctrl-C stops everything (data is kept).');
  const failed = await untilStopped(cli, record);
  const hurry = new AbortController();
  process.once('SIGINT', () => hurry.abort());
  if ((await readUpRecord(project.dir))?.startedAt !== record.startedAt) return EXIT.ok;
  cli.note(`stopping ...${failed ? '' : ' (Ctrl-C again kills; nothing committed is lost)'}`);
  await stopEnvironment(project.dir, record, { graceMs: STOP_GRACE_MS, hurry: hurry.signal });
  if (failed) {
    throw new CliError(
      EXIT.unreachable,
      `the ${failed.name} ended; everything was stopped`,
      `see ${failed.log}`,
    );
  }
  cli.note('stopped.');
  return EXIT.ok;
}

/** What a living environment recorded; the record of a dead one is removed. */
async function standingRecord(dir: string): Promise<UpRecord | undefined> {
  const record = await readUpRecord(dir);
  if (!record) return undefined;
  const alive = await Promise.all(record.processes.map(isRunning));
  if (alive.every(Boolean)) return record;
  const { stopEnvironment } = await import('../environment/environment.js');
  await stopEnvironment(dir, record, { graceMs: STOP_GRACE_MS });
  await removeUpRecord(dir);
  return undefined;
}

/** Until Ctrl-C, until `down` was run elsewhere, or until one of the processes ended: that one is returned. */
async function untilStopped(cli: Cli, record: UpRecord): Promise<UpRecord['processes'][number] | undefined> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  const { dir } = await cli.project();
  while (!cli.signal.aborted) {
    if ((await readUpRecord(dir))?.startedAt !== record.startedAt) return undefined;
    for (const process of record.processes) {
      if (await isRunning(process)) continue;
      // `down` stops the processes before it removes the record.
      await sleep(STOP_GRACE_MS / 5);
      return (await readUpRecord(dir))?.startedAt === record.startedAt ? process : undefined;
    }
    await sleep(WATCH_EVERY_MS, undefined, { signal: cli.signal }).catch(() => undefined);
  }
  return undefined;
}

function publicView({ temporal, ui, serve, store, processes }: UpRecord) {
  return { temporal, ui, serve: serve ?? null, store: { url: store.url }, processes };
}

function addresses({ temporal, ui, serve, store, processes }: UpRecord): string {
  const logs = processes.map(({ name, pid, log }) => `  ${name.padEnd(16)}pid ${pid}, log ${log}`);
  return [
    ...(serve ? [`Partnerday        ${serve.url}`] : []),
    `Temporal Web UI   ${ui.url}`,
    `Temporal          ${temporal.address} (namespace ${temporal.namespace})`,
    `Store             ${store.url}`,
    'Processes',
    ...logs,
  ].join('\n');
}
