import { createHash } from 'node:crypto';
import type { PartnerConfig } from '../config/partner-config.js';
import { canonicalJson } from '../config/rules-id.js';
import { TerminalError } from '../errors.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import type { ObjectStore } from '../store/object-store.js';
import { putOnce } from '../store/put-once.js';

interface Snapshot {
  format: 1;
  config: PartnerConfig;
}

/** A run works with the configuration it began with: a snapshot in the store, found by the hash in its key. */
export class PinnedConfigs {
  readonly #known = new Map<string, PartnerConfig>();

  constructor(private readonly store: ObjectStore) {}

  async pin(layout: PartnerDayLayout, config: PartnerConfig): Promise<string> {
    const snapshot: Snapshot = { format: 1, config };
    const text = canonicalJson(snapshot);
    const key = layout.config(createHash('sha256').update(text).digest('hex').slice(0, 16));
    await putOnce(this.store, key, Buffer.from(text));
    return key;
  }

  async read(key: string): Promise<PartnerConfig> {
    let config = this.#known.get(key);
    if (!config) {
      // Written by `pin` alone, from a validated configuration.
      const snapshot = JSON.parse((await this.store.getBytes(key)).toString()) as Snapshot;
      if (snapshot.format !== 1) {
        throw new TerminalError(
          `${key}: written by a newer version of Partnerday (format ${snapshot.format})`,
        );
      }
      config = snapshot.config;
      if (this.#known.size > 200) this.#known.clear();
      this.#known.set(key, config);
    }
    return config;
  }
}
