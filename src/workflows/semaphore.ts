import { condition } from '@temporalio/workflow';

/** At most `slots` runs at a time; waiting runs start in the order they came. */
export class Semaphore {
  #running = 0;
  #next = 0;
  #served = 0;

  constructor(private readonly slots: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#next++;
    await condition(() => this.#running < this.slots && this.#served === turn);
    this.#served++;
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
    }
  }
}
