import { Redis } from 'ioredis';
import type { Progress } from '../workflows/messages.js';
import { changedFields, progressFields } from './progress-fields.js';
import type { ProgressTarget } from './progress-mirror.js';

/** A day is shown for a week after its last change. */
const KEPT_SECONDS = 7 * 24 * 3600;
/** Changes the stream holds, about. */
const STREAM_LENGTH = 10_000;
const STREAM = 'partnerday:changes';

const CONNECT_MS = 2_000;
const COMMAND_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const MOST_DAYS = 1_000;

/**
 * Progress in Redis: a hash `partnerday:progress:{partner}:{date}` with a field for each table, and a stream of what
 * changed. Every command has an end in time, and none is kept for later while there is no connection.
 */
export class RedisTarget implements ProgressTarget {
  readonly #redis: Redis;
  /** What Redis has, as far as we know. */
  readonly #known = new Map<string, Map<string, string>>();

  /** `url`: `redis://[user:password@]host[:port][/db]`, or `rediss://`. */
  constructor(url: string) {
    this.#redis = new Redis(url, {
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectionName: 'partnerday',
      retryStrategy: (attempt) => Math.min(attempt * 500, LONGEST_PAUSE_MS),
      reconnectOnError: () => false,
    });
    // A failed connection fails the next write, which is counted; without a listener it would end the process.
    this.#redis.on('error', () => undefined);
  }

  async write(day: Progress): Promise<void> {
    const { partner, date } = day;
    const key = `partnerday:progress:${partner}:${date}`;
    const fields = progressFields(day);
    const before = this.#known.get(key);
    const { set, gone } = changedFields(before, fields);
    if (set.size === 0 && gone.length === 0) return;
    // Only once it has succeeded do we know again what is there.
    this.#known.delete(key);
    if (this.#redis.status !== 'ready') await this.#ready();
    const commands = this.#redis.multi();
    // Another worker, or an earlier run, may have left fields of its own.
    if (before === undefined) commands.del(key);
    const values = [...(before === undefined ? fields : set)].flat();
    if (values.length > 0) commands.hset(key, ...values);
    if (gone.length > 0) commands.hdel(key, ...gone);
    commands.expire(key, KEPT_SECONDS);
    const change = JSON.stringify(Object.fromEntries(set));
    commands.xadd(
      STREAM,
      'MAXLEN',
      '~',
      STREAM_LENGTH,
      '*',
      'partner',
      partner,
      'date',
      date,
      'changes',
      change,
    );
    commands.expire(STREAM, KEPT_SECONDS);
    const results = await commands.exec().catch((error: Error & { previousErrors?: Error[] }) => {
      // Why the transaction was given up stands in the answers before it.
      throw error.previousErrors?.[0] ?? error;
    });
    const failed = results?.find(([error]) => error !== null)?.[0];
    if (results === null || failed) throw failed ?? new Error('Redis discarded the change');
    if (this.#known.size >= MOST_DAYS) this.#known.clear();
    this.#known.set(key, fields);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** The first write comes before the connection stands. @throws when it does not in time */
  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no connection to Redis')), CONNECT_MS);
      this.#redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
