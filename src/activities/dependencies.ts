import type { PartnerConfig } from '../config/partner-config.js';
import type { ObjectStore } from '../store/object-store.js';
import type { Extractor } from './extractor.js';
import type { PinnedConfigs } from './pinned-configs.js';

/** What activities need from the world; built once per worker. */
export interface Dependencies {
  store: ObjectStore;
  /** The configuration as it stands now; only what comes before a day is pinned may look at it. */
  partners(): Promise<Map<string, PartnerConfig>>;
  configs: PinnedConfigs;
  extractor: Extractor;
  /** Fires when the worker is asked to stop: begin nothing new, and end what only waits. */
  draining: AbortSignal;
}
