import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { AccessTokens } from '../../src/cli/serve/access-tokens.js';
import { startServer } from '../../src/cli/serve/start-server.js';
import { type PartnerConfig, partnerConfigSchema } from '../../src/config/partner-config.js';
import type { ObjectStore } from '../../src/store/object-store.js';

/** Tokens of the partners `acme` and `beta`, and of whoever sends the store's events. */
export const TOKENS = {
  PARTNERDAY_TOKEN_ACME: 'acme-token-0123456789',
  PARTNERDAY_TOKEN_BETA: 'beta-token-0123456789',
  PARTNERDAY_EVENTS_TOKEN: 'events-token-0123456789',
};

export interface TestServerOptions {
  store: ObjectStore;
  client: Client;
  partners?: Record<string, Record<string, unknown>>;
  env?: NodeJS.ProcessEnv;
  ratePerMinute?: number;
  uiUrl?: string;
  now?: () => number;
}

export interface TestServer {
  url: string;
  stop(): Promise<void>;
}

/** The real server on a free port. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const { store, client, partners = { acme: {}, beta: {} }, env = TOKENS } = options;
  const configs = new Map<string, PartnerConfig>(
    Object.entries(partners).map(([id, fields]) => [id, partnerConfigSchema.parse({ id, ...fields })]),
  );
  return startServer(
    {
      store,
      temporal: client,
      namespace: 'default',
      partners: async () => configs,
      partnerIds: async () => [...configs.keys()],
      uiUrl: async () => options.uiUrl,
      tokens: new AccessTokens(env),
      ratePerMinute: options.ratePerMinute ?? 600,
      ...(options.now ? { now: options.now } : {}),
      log: pino({ level: 'silent' }),
    },
    { host: '127.0.0.1', port: 0, version: '0.0.0' },
  );
}

/** `POST` with a token; a body that is no text goes as JSON. */
export function post(
  url: string,
  token: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
