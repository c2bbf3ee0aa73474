import { TerminalError } from '../errors.js';

/** A program this project runs but does not contain: the Temporal server, the S3 server. */
export interface Tool {
  name: string;
  /** Absolute path of the executable. */
  path: string;
  /** First line of what the program says about its version. */
  version: string;
  origin: ToolOrigin;
}

/** `variable` = named by the environment, `cache` = obtained earlier and kept in the tools directory. */
export type ToolOrigin = 'variable' | 'path' | 'cache' | 'download' | 'go' | 'apt';

export interface FindToolOptions {
  /** Where obtained programs are kept. Default: see `toolsDirectory`. */
  directory?: string;
  env?: NodeJS.ProcessEnv;
}

export interface EnsureToolOptions extends FindToolOptions {
  /** Receives one line at the start of a slow step and every few seconds during it. Default: a line on stderr. */
  announce?: (line: string) => void;
  signal?: AbortSignal;
}

/** The message says what was tried and what the person at the keyboard can do. */
export class ToolUnavailableError extends TerminalError {
  constructor(
    readonly tool: string,
    tried: readonly string[],
    advice: string,
  ) {
    super(`${tool} is not available: ${tried.join('; ')}. ${advice}`);
  }
}

export function announceOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
