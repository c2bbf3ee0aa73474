import { TerminalError } from '../errors.js';

/** One thing wrong with one place of one file. Line and column are 1-based. */
export interface ConfigProblem {
  /** As people type it: relative to the working directory where it lies below it. */
  file: string;
  line: number;
  column: number;
  /** Where in the document, e.g. `sources[0].landing`; empty for the document as a whole. */
  path: string;
  /** `expected X, received Y`. */
  message: string;
}

/** `partners/acme.yaml:4:16 sources[0].landing: expected ..., received ...` */
export function renderProblem({ file, line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column}${path ? ` ${path}` : ''}: ${message}`;
}

/** The configuration cannot be used as it stands. */
export class InvalidConfigError extends TerminalError {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(renderProblem).join('\n'));
  }
}
