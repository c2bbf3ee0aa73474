import { addDays } from '../../../ingest/business-date.js';
import { readDayState } from '../../../ingest/day-state.js';
import { PartnerDayLayout } from '../../../ingest/layout.js';
import { readPointer } from '../../../ingest/publication/pointer.js';
import type { Publication } from '../../../ingest/publication/publication.js';
import type { ObjectStore } from '../../../store/object-store.js';
import { AtOnce } from '../at-once.js';

/** What the store says of one date of a partner. */
export type StoredDay =
  | { state: 'none' }
  /** Something of it is there, and nothing was ever published. */
  | { state: 'unpublished' }
  | { state: 'published' | 'held'; publication: Publication };

const RECENT_DAYS = 3;
/** A finished day changes only when somebody repeats it. */
const RECENT_AGE_MS = 4_000;
const OLDER_AGE_MS = 60_000;
const REQUESTS_AT_ONCE = 32;
const MOST_KNOWN = 50_000;

/** Days of all partners, each read from the store once in a while, however many people look at them. */
export class FleetReader {
  readonly #known = new Map<string, { at: number; day: Promise<StoredDay> }>();
  readonly #slots = new AtOnce(REQUESTS_AT_ONCE);

  constructor(
    private readonly store: ObjectStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** The dates up to today, oldest first. */
  dates(count: number): string[] {
    const today = this.#today();
    return Array.from({ length: count }, (_, index) => addDays(today, index - count + 1));
  }

  days(partner: string, dates: readonly string[]): Promise<StoredDay[]> {
    return Promise.all(dates.map((date) => this.#day(partner, date)));
  }

  #day(partner: string, date: string): Promise<StoredDay> {
    const name = `${partner}/${date}`;
    const known = this.#known.get(name);
    const age = date > addDays(this.#today(), -RECENT_DAYS) ? RECENT_AGE_MS : OLDER_AGE_MS;
    if (known && this.now() - known.at < age) return known.day;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const day = this.#slots.run(() => this.#read(partner, date));
    this.#known.set(name, { at: this.now(), day });
    // What could not be read is no answer to the next who asks.
    day.catch(() => this.#known.delete(name));
    return day;
  }

  async #read(partner: string, date: string): Promise<StoredDay> {
    const layout = new PartnerDayLayout(partner, date);
    const publication = (await readPointer(this.store, layout))?.publication;
    if (publication) return { state: 'published', publication };
    for await (const _object of this.store.list(layout.prefix)) {
      const { held } = await readDayState(this.store, layout);
      return held ? { state: 'held', publication: held } : { state: 'unpublished' };
    }
    return { state: 'none' };
  }

  #today(): string {
    return new Date(this.now()).toISOString().slice(0, 10);
  }
}
