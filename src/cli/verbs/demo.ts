import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface DemoOptions {
  dir?: string;
  keep?: boolean;
  dryRun?: boolean;
}

export function demoVerb(cli: Cli): Command {
  return new Command('demo')
    .summary('the main job on real data: three partners, two days, planted problems')
    .description(
      'Builds archives from real public tables, starts everything on free ports, processes all partner-days at once and shows what was published, what was found and what to type next. On a terminal it stays up until Enter; --keep leaves it up.',
    )
    .option('--dir <dir>', 'where to build it (default: .partnerday/demo)')
    .option('--keep', 'leave the server and the worker running')
    .option('--dry-run', 'say what would be built and started')
    .action(verb(cli, (options: DemoOptions) => demo(cli, options)));
}

async function demo(cli: Cli, options: DemoOptions): Promise<ExitCode> {
  const dir = resolve(options.dir ?? join('.partnerday', 'demo'));
  if (options.dryRun) {
    cli.note(
      `would build the demo in ${dir}, start a Temporal server and a worker, and process six partner-days`,
    );
    return EXIT.ok;
  }
  const { runDemo } = await import('../demo/run-demo.js');
  return runDemo(cli, dir, options.keep ?? false);
}
