import type { LandingPlace } from '../../ingest/arrivals/landing-places.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** The pause grows by its first length once in so many rings. */
const RINGS_PER_STEP = 20;
const MOST_IDLE = 1_000;

interface Bell {
  place: LandingPlace;
  rings: number;
  quietUntil: number;
  busy: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * One signal for many events: a store may tell of 40,000 archives one by one, and a workflow takes 10,000 signals. The
 * first event rings at once; those that follow within a pause ring together at its end. Pauses grow from a second to a
 * minute, so that a day of steady arrivals is told some 1,500 times.
 */
export class Doorbell {
  readonly #bells = new Map<string, Bell>();
  #closed = false;

  constructor(
    private readonly ring: (place: LandingPlace) => Promise<unknown>,
    private readonly failed: (place: LandingPlace, error: unknown) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Rings now, and fails if that does; or sees to it that it is rung soon. */
  async press(place: LandingPlace): Promise<void> {
    const bell = this.#bell(place);
    // Whoever is being told now may have looked before this object was there.
    if (bell.busy || this.now() < bell.quietUntil) this.#later(bell);
    else await this.#ring(bell);
  }

  /** Rings what is due; nothing is rung afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const due = [...this.#bells.values()].filter(({ timer }) => timer !== undefined);
    await Promise.all(
      due.map(async (bell) => {
        clearTimeout(bell.timer);
        await this.ring(bell.place).catch((error: unknown) => this.failed(bell.place, error));
      }),
    );
  }

  async #ring(bell: Bell): Promise<void> {
    bell.busy = true;
    try {
      await this.ring(bell.place);
    } finally {
      bell.busy = false;
      const pause = FIRST_PAUSE_MS * (1 + Math.floor(bell.rings++ / RINGS_PER_STEP));
      bell.quietUntil = this.now() + Math.min(pause, LONGEST_PAUSE_MS);
    }
  }

  #later(bell: Bell): void {
    if (bell.timer !== undefined || this.#closed) return;
    const wait = Math.max(FIRST_PAUSE_MS / 10, bell.quietUntil - this.now());
    bell.timer = setTimeout(() => void this.#due(bell), wait);
  }

  async #due(bell: Bell): Promise<void> {
    delete bell.timer;
    try {
      if (bell.busy) this.#later(bell);
      else await this.#ring(bell);
    } catch (error) {
      this.failed(bell.place, error);
      this.#later(bell);
    }
  }

  #bell(place: LandingPlace): Bell {
    const name = `${place.partner}/${place.date}/${place.source}`;
    const known = this.#bells.get(name);
    if (known) return known;
    if (this.#bells.size >= MOST_IDLE) this.#forgetIdle();
    const bell = { place, rings: 0, quietUntil: 0, busy: false };
    this.#bells.set(name, bell);
    return bell;
  }

  #forgetIdle(): void {
    for (const [name, { timer, busy, quietUntil }] of this.#bells) {
      if (timer === undefined && !busy && quietUntil <= this.now()) this.#bells.delete(name);
    }
  }
}
