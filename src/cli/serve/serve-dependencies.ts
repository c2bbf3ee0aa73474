import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { PartnerConfig } from '../../config/partner-config.js';
import type { ObjectStore } from '../../store/object-store.js';
import type { AccessTokens } from './access-tokens.js';

/** What the server needs from the world. */
export interface ServeDependencies {
  store: ObjectStore;
  /** Connects when it is first used, and again by itself: pages of finished days need only the store. */
  temporal: Client;
  namespace: string;
  /** The configuration as it stands now. */
  partners(): Promise<ReadonlyMap<string, PartnerConfig>>;
  /** Ids of partners that have a file, whether it can be used or not. */
  partnerIds(): Promise<readonly string[]>;
  /** Of the Temporal Web UI, for links. */
  uiUrl(): Promise<string | undefined>;
  tokens: AccessTokens;
  /** Requests a minute for each partner. */
  ratePerMinute: number;
  log: Logger;
  /** Default: the clock. */
  now?: () => number;
}
