import type { Progress } from '../workflows/messages.js';

/** Where progress is shown besides Temporal. Whatever is wrong with it concerns nobody else. */
export interface ProgressTarget {
  /** Rejects when it does not work; must end in bounded time. */
  write(day: Progress): Promise<void>;
  close(): Promise<void>;
}

export interface MirrorCounts {
  written: number;
  /** Not written: the target was away, too slow or full. */
  dropped: number;
  /** Not written because a newer one of the same day came first. */
  superseded: number;
}

const MOST_WAITING = 1_000;
const SAY_AGAIN_MS = 60_000;

/**
 * Stands between a run and a target that may be slow, down or full: `report` takes no time and never fails. Of each
 * day only the newest waits, and one write is on its way at a time.
 */
export class ProgressMirror {
  readonly counts: MirrorCounts = { written: 0, dropped: 0, superseded: 0 };
  readonly #waiting = new Map<string, Progress>();
  #writing: Promise<void> | undefined;
  #closing = false;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly target: ProgressTarget,
    /** Called when something was dropped, at most once a minute. */
    private readonly onTrouble: (error: unknown, counts: MirrorCounts) => void,
    private readonly onCount: (what: keyof MirrorCounts) => void = () => undefined,
  ) {}

  report(day: Progress): void {
    const name = `${day.partner}/${day.date}`;
    if (this.#waiting.delete(name)) this.#count('superseded');
    else if (this.#waiting.size >= MOST_WAITING) {
      this.#count('dropped');
      return;
    }
    this.#waiting.set(name, day);
    this.#writing ??= this.#drain();
  }

  /** What waits is written if the target takes it now; the first that it does not take ends the trying. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#writing;
    await this.target.close().catch(() => undefined);
  }

  async #drain(): Promise<void> {
    // Whoever reports is not even made to wait for the first write to begin.
    await Promise.resolve();
    for (;;) {
      const [next] = this.#waiting;
      if (!next) break;
      const [name, day] = next;
      this.#waiting.delete(name);
      try {
        await this.target.write(day);
        this.#count('written');
      } catch (error) {
        this.#count('dropped');
        this.#say(error);
        if (this.#closing) this.#dropWaiting();
      }
    }
    this.#writing = undefined;
  }

  #dropWaiting(): void {
    for (const name of this.#waiting.keys()) {
      this.#waiting.delete(name);
      this.#count('dropped');
    }
  }

  #say(error: unknown): void {
    if (Date.now() - this.#saidAt < SAY_AGAIN_MS) return;
    this.#saidAt = Date.now();
    this.onTrouble(error, { ...this.counts });
  }

  #count(what: keyof MirrorCounts): void {
    this.counts[what]++;
    this.onCount(what);
  }
}
