/** Reads that are under way, or done and waiting for their turn. */
const MOST = 16;

/**
 * Reads things in order, some of them ahead of their turn: a round trip for each would take longer than the bytes.
 * `read` should not interpret what it reads: up to 16 results wait here.
 */
export class ReadAhead<T, R> {
  readonly #results: Promise<R>[] = [];
  readonly #items: Iterator<T>;

  constructor(
    items: Iterable<T>,
    private readonly read: (item: T) => Promise<R>,
  ) {
    this.#items = items[Symbol.iterator]();
  }

  /** The result for the next item. */
  async next(): Promise<R> {
    while (this.#results.length < MOST) {
      const item = this.#items.next();
      if (item.done) break;
      const result = this.read(item.value);
      // Whoever awaits it sees the error; if nobody does any more, it is not an unhandled one.
      result.catch(() => undefined);
      this.#results.push(result);
    }
    const result = this.#results.shift();
    if (result === undefined) throw new RangeError('nothing is left to be read');
    return result;
  }
}
