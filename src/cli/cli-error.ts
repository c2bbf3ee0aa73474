import { EXIT, type ExitCode } from './exit-code.js';

/** What a person reads when a verb cannot do its work: what, where, and what to do next. */
export class CliError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** A command to type, or a sentence. */
    readonly next?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

export function usageError(message: string, next?: string): CliError {
  return new CliError(EXIT.usage, message, next);
}
