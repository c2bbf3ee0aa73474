import type { Command } from 'commander';
import type { Cli } from '../cli.js';
import type { ExitCode } from '../exit-code.js';

/** A commander action that ends in an exit code. Arguments and options come as the verb declares them. */
export function verb<A extends unknown[]>(
  cli: Cli,
  run: (...args: A) => Promise<ExitCode>,
): (this: Command, ...args: unknown[]) => Promise<void> {
  return async function (this: Command, ...args: unknown[]) {
    // Commander passes the command itself last.
    cli.exitCode = await run(...(args.slice(0, -1) as A));
  };
}
