/** Canonical bytes of a member per checkpoint. */
export const CHECKPOINT_BYTES = 4 * 1024 * 1024;

/** Where a written row stands in the member it came from. */
export interface Checkpoint {
  /** Rows written before it. */
  row: number;
  /** 1-based physical line of the member on which it starts. */
  line: number;
  /** Its byte offset among the member's canonical rows. */
  at: number;
  /** Its byte offset in the member; absent where the member was decoded from another encoding. */
  offset?: number | undefined;
  /** Lines were left out somewhere behind it, before the next checkpoint: lines counted from here are the least. */
  loose?: true | undefined;
}

/** Checkpoints besides the regular ones: the first few, then so many canonical bytes each. */
const FREE_GAPS = 4;
const BYTES_PER_GAP = 32 * 1024;

/**
 * Collects the checkpoints of one member: the first row written in every 4 MiB, and the first after each gap, as long
 * as there are few of them. A gap is a place where lines of the member gave no row. Between two checkpoints rows follow
 * line by line, so that counting from the first gives the line of every row. A first row on line 2 needs none.
 */
export class Checkpoints {
  readonly list: Checkpoint[] = [];
  #gap = true;
  #due = CHECKPOINT_BYTES;

  /** Lines without a row: blank, or set aside. */
  gap(): void {
    this.#gap = true;
  }

  isDue(at: number): boolean {
    return this.#gap || at >= this.#due;
  }

  /** Rows that begin before this canonical offset, and behind `at`, need no checkpoint of their own. */
  boundary(at: number): number {
    return at >= this.#due ? nextBoundary(at) : this.#due;
  }

  /** To be called with the next row written, where `isDue`. */
  take(checkpoint: Checkpoint): void {
    const { at, row, line } = checkpoint;
    const regular = at >= this.#due;
    this.#gap = false;
    if (regular) this.#due = nextBoundary(at);
    else if (row === 0 && line === 2) return;
    else if (this.list.length >= FREE_GAPS + at / BYTES_PER_GAP) {
      const last = this.list.at(-1);
      if (last) last.loose = true;
      return;
    }
    this.list.push(checkpoint);
  }
}

function nextBoundary(at: number): number {
  return (Math.floor(at / CHECKPOINT_BYTES) + 1) * CHECKPOINT_BYTES;
}
