import { setImmediate } from 'node:timers/promises';

/** As long as one piece of work may keep a worker from its heartbeats and polls. */
const TURN_MS = 15;

/** Lets others have their turn between the steps of a long calculation. */
export class Turns {
  #since = performance.now();

  constructor(private readonly signal?: AbortSignal | undefined) {}

  /** To be asked after every step; costs next to nothing while the turn lasts. */
  get over(): boolean {
    return performance.now() - this.#since >= TURN_MS;
  }

  /** Call it when the turn is over. @throws what the signal was aborted with */
  async next(): Promise<void> {
    await setImmediate();
    this.signal?.throwIfAborted();
    this.#since = performance.now();
  }

  /** Runs the steps to their end, in as many turns as it takes. */
  async take<T>(steps: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (this.over) await this.next();
    }
  }
}

/** Runs the steps to their end at once. */
export function atOnce<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
