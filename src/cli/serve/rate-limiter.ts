const MINUTE_MS = 60_000;
const MOST_NAMES = 10_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** So many requests a minute for each name; what was not used in the last minute may be used at once. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    readonly perMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** 0: go ahead. Otherwise the whole seconds after which the next request may come. */
  take(name: string): number {
    const now = this.now();
    const bucket = this.#buckets.get(name) ?? { tokens: this.perMinute, filledAt: now };
    const earned = ((now - bucket.filledAt) * this.perMinute) / MINUTE_MS;
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + earned);
    bucket.filledAt = now;
    if (this.#buckets.size >= MOST_NAMES && !this.#buckets.has(name)) this.#buckets.clear();
    this.#buckets.set(name, bucket);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - bucket.tokens) * MINUTE_MS) / this.perMinute / 1_000));
  }
}
