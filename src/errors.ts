/**
 * Every error of the domain is terminal (another try gives the same answer) or transient (another try may succeed).
 * The class decides; `src/activities/failure.ts` maps it to Temporal once.
 */
export abstract class DomainError extends Error {
  abstract readonly transient: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Another try gives the same answer: bad data, bad configuration, a broken promise. */
export class TerminalError extends DomainError {
  readonly transient = false;
}

/** Another try may succeed: the store, the network, the disk. */
export class TransientError extends DomainError {
  readonly transient = true;
}
