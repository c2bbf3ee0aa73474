import { TerminalError } from '../../errors.js';

/** An object is there, but is not what its key promises: not JSON, or of another shape. */
export class UnreadableObjectError extends TerminalError {
  constructor(
    readonly key: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${key} cannot be understood: ${detail}`, options);
  }
}
