import { basename } from 'node:path';
import { CommanderError } from 'commander';
import { Cli } from './cli.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { explainError } from './explain-error.js';
import { buildProgram } from './program.js';

/** Runs one command line to its exit code. Every failure is one message on stderr. */
export async function runCli(host: NodeJS.Process): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Interrupted());
  host.once('SIGINT', interrupt);
  host.once('SIGTERM', interrupt);
  // A reader that has seen enough (`| head`) is no failure.
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') host.exit(host.exitCode ?? EXIT.ok);
    throw error;
  });
  // `doctor` says it once; the AWS SDK would say it with every command.
  host.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const cli = new Cli(host.stdout, host.stderr, host.env, abort.signal);
  try {
    await buildProgram(cli, commandName(host.argv[1] ?? '')).parseAsync(host.argv);
    return cli.exitCode;
  } catch (error) {
    return report(cli, error);
  } finally {
    await cli.close();
    host.off('SIGINT', interrupt);
    host.off('SIGTERM', interrupt);
  }
}

export class Interrupted extends Error {}

function report(cli: Cli, error: unknown): ExitCode {
  // Commander has said it already: help, the version, or what is wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (cli.signal.aborted) {
    cli.note('interrupted');
    return EXIT.interrupted;
  }
  const { exitCode, message, next } = explainError(error);
  cli.note(`${cli.noteStyle('red', 'error:')} ${message}`);
  if (next) cli.note(`${cli.noteStyle('bold', 'next:')} ${next}`);
  return exitCode;
}

/** `temporal partnerday` when the Temporal CLI runs us as its extension. */
function commandName(path: string): string {
  return basename(path).startsWith('temporal-') ? 'temporal partnerday' : 'partnerday';
}
