import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { displayPath } from '../../config/load-project.js';
import { readUpRecord, workDirectory } from '../../config/up-record.js';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface DownOptions {
  wipe?: boolean;
  dryRun?: boolean;
}

const GRACE_MS = 10_000;

export function downVerb(cli: Cli): Command {
  return new Command('down')
    .summary('stop what `up` started')
    .description('Stops the worker and the servers `up` started. Data is kept unless --wipe.')
    .option(
      '--wipe',
      'also delete .partnerday/: Temporal’s history and the embedded store, landed archives included',
    )
    .option('--dry-run', 'say what would be stopped and deleted')
    .action(verb(cli, (options: DownOptions) => down(cli, options)));
}

async function down(cli: Cli, options: DownOptions): Promise<ExitCode> {
  const { dir } = await cli.project();
  const directory = workDirectory(dir);
  const record = await readUpRecord(dir);
  const names = record?.processes.map(({ name, pid }) => `${name} (pid ${pid})`) ?? [];
  const doomed = options.wipe ? (await readdir(directory).catch(() => [])).sort() : [];
  if (options.dryRun) {
    cli.note(names.length > 0 ? `would stop ${names.join(', ')}` : 'nothing is up');
    if (doomed.length > 0)
      cli.note(`would delete ${doomed.map((name) => displayPath(join(directory, name))).join(', ')}`);
    return EXIT.ok;
  }
  if (record) {
    const { stopEnvironment, withEnvironmentLock } = await import('../environment/environment.js');
    await withEnvironmentLock(
      dir,
      () => stopEnvironment(dir, record, { graceMs: GRACE_MS, hurry: cli.signal }),
      cli.signal,
    );
    cli.note(`stopped ${names.join(', ')}`);
  } else cli.note('nothing is up');
  if (options.wipe) {
    await rm(directory, { recursive: true, force: true });
    cli.note(doomed.length > 0 ? `deleted ${displayPath(directory)}` : 'there was nothing to delete');
  } else if (record)
    cli.note(`data is kept in ${displayPath(directory)} (partnerday down --wipe deletes it)`);
  return EXIT.ok;
}
