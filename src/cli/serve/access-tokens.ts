import { createHash, timingSafeEqual } from 'node:crypto';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';

/** `PARTNERDAY_TOKEN_ACME_EU` is that of `acme-eu`: no two partners share a variable. */
const PREFIX = 'PARTNERDAY_TOKEN_';
const EVENTS = 'PARTNERDAY_EVENTS_TOKEN';
const VIEW = 'PARTNERDAY_VIEW_TOKEN';
/** Shorter ones could be guessed. */
const SHORTEST = 16;

/** Who holds a token: a partner, or whoever sends the store's events for all of them. */
export type Holder = { kind: 'partner'; partner: string } | { kind: 'events' };

interface Entry {
  holder: Holder;
  digest: Buffer;
}

/**
 * Tokens from the environment and from nowhere else. A variable may hold several, separated by spaces or commas, so
 * that one can be replaced by the next without a moment in which neither works.
 */
export class AccessTokens {
  readonly #entries: Entry[] = [];
  readonly #view: Buffer[];

  /** @throws CliError (2) when a token is too short, or two holders share one */
  constructor(env: NodeJS.ProcessEnv) {
    for (const [name, value] of Object.entries(env)) {
      if (!name.startsWith(PREFIX) || !value) continue;
      const partner = name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
      this.#add(name, value, { kind: 'partner', partner });
    }
    this.#add(EVENTS, env[EVENTS] ?? '', { kind: 'events' });
    this.#view = tokensIn(VIEW, env[VIEW] ?? '').map(digestOf);
  }

  /** Whether reading needs a token. */
  get guardsReading(): boolean {
    return this.#view.length > 0;
  }

  /** Compares with every token there is, in a time that tells nothing about them. */
  holderOf(token: string): Holder | undefined {
    const digest = digestOf(token);
    let found: Holder | undefined;
    for (const entry of this.#entries) if (timingSafeEqual(entry.digest, digest)) found = entry.holder;
    return found;
  }

  mayRead(token: string): boolean {
    const digest = digestOf(token);
    let found = false;
    for (const known of this.#view) if (timingSafeEqual(known, digest)) found = true;
    return found;
  }

  /** What a browser keeps instead of the viewer token: of no use anywhere else, and void when the token changes. */
  get session(): string | undefined {
    return (
      this.#view[0] && createHash('sha256').update('partnerday session').update(this.#view[0]).digest('hex')
    );
  }

  isSession(value: string): boolean {
    const { session } = this;
    return session !== undefined && timingSafeEqual(digestOf(session), digestOf(value));
  }

  #add(variable: string, value: string, holder: Holder): void {
    for (const token of tokensIn(variable, value)) {
      const digest = digestOf(token);
      const twin = this.#entries.find((entry) => entry.digest.equals(digest));
      if (twin) throw new CliError(EXIT.usage, `${variable}: another holder has the same token`, ADVICE);
      this.#entries.push({ holder, digest });
    }
  }
}

const ADVICE = 'make one of its own: openssl rand -hex 32';

function tokensIn(variable: string, value: string): string[] {
  const tokens = value.split(/[\s,]+/).filter((token) => token !== '');
  if (tokens.some((token) => token.length < SHORTEST)) {
    throw new CliError(EXIT.usage, `${variable}: expected tokens of at least ${SHORTEST} characters`, ADVICE);
  }
  return tokens;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
