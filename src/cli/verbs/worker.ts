import { setFlagsFromString } from 'node:v8';
import { Command, Option } from 'commander';
import type { Cli } from '../cli.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { verb } from './verb.js';

interface WorkerOptions {
  role: 'control' | 'extract' | 'merge' | 'all';
}

export function workerVerb(cli: Cli): Command {
  return new Command('worker')
    .summary('run a worker until it is told to stop')
    .description(
      'Runs a Temporal worker: `control` plans and publishes, `extract` reads archives, `merge` builds tables, `all` does everything. SIGTERM stops it gracefully.',
    )
    .addOption(
      new Option('--role <role>', 'which task queues to serve')
        .choices(['control', 'extract', 'merge', 'all'])
        .default('all'),
    )
    .action(verb(cli, (options: WorkerOptions) => worker(cli, options)));
}

async function worker(cli: Cli, { role }: WorkerOptions): Promise<ExitCode> {
  // Heaps that grow by less and are cleaned more often: planning 40,000 archives stays well within 512 MiB.
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--max-semi-space-size=4');
  const project = await cli.project();
  await cli.warnOfProblems();
  const { url, env } = await cli.resolvedStore();
  await cli.store();
  // The SDK and the store read credentials and addresses from the environment of the process.
  Object.assign(process.env, env);
  const { runWorker } = await import('../../workers/run-worker.js');
  await runWorker({ role, projectDir: project.dir, storeUrl: url, signal: cli.signal });
  return EXIT.ok;
}
