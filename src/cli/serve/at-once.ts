/** At most so many pieces of work at a time; the others wait in the order they came. */
export class AtOnce {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly slots: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    // A slot that is handed over never becomes free in between.
    if (this.#running < this.slots) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
