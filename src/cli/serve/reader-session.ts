import type { IncomingMessage } from 'node:http';
import type { AccessTokens } from './access-tokens.js';
import { bearerToken } from './authorize.js';
import type { Answer, Exchange, Handler } from './exchange.js';
import { HttpProblem } from './http-problem.js';
import { loginPage } from './pages/login-page.js';
import type { RateLimiter } from './rate-limiter.js';
import { readBody } from './read-body.js';

const COOKIE = 'partnerday_session';
const LOGIN_BYTES = 8 * 1024;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;

/** Who may read: everyone, or who has shown the viewer token, in a header or once in the form. */
export class ReaderSession {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly attempts: RateLimiter,
    /** Listening on this machine alone. */
    private readonly local: boolean,
  ) {}

  guard(handler: Handler): Handler {
    return async (exchange) => {
      const { request, url } = exchange;
      if (this.#mayRead(request)) return handler(exchange);
      if (bearerToken(request) !== undefined) throw new HttpProblem(401, 'this token is not known');
      const next = encodeURIComponent(url.pathname + url.search);
      return redirect(`/login?next=${next}`);
    };
  }

  /** `GET /login` */
  form: Handler = async ({ url }) => loginPage(ownPath(url.searchParams.get('next')), false);

  /** `POST /login` */
  enter: Handler = async ({ request }: Exchange) => {
    // The cookie is SameSite=Strict; a form elsewhere must not even sign a reader in.
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new HttpProblem(403, 'sign in from the page itself');
    }
    const wait = this.attempts.take('login');
    if (wait > 0) {
      throw new HttpProblem(429, `too many attempts; wait ${wait} s`, {
        headers: { 'retry-after': String(wait) },
      });
    }
    const form = new URLSearchParams(await readBody(request, LOGIN_BYTES));
    const next = ownPath(form.get('next'));
    const { session } = this.tokens;
    if (session === undefined) return redirect(next);
    if (!this.tokens.mayRead(form.get('token') ?? '')) return loginPage(next, true);
    const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
    return redirect(next, {
      'set-cookie': `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800${secure}`,
    });
  };

  #mayRead(request: IncomingMessage): boolean {
    if (!this.tokens.guardsReading) {
      // A page elsewhere whose name was pointed at this machine must not read what is for this machine alone.
      if (this.local && !LOOPBACK.test(request.headers.host ?? '')) {
        throw new HttpProblem(421, 'this server is for this machine alone; open it as localhost');
      }
      return true;
    }
    const token = bearerToken(request);
    if (token !== undefined) return this.tokens.mayRead(token);
    const cookie = cookieOf(request);
    return cookie !== undefined && this.tokens.isSession(cookie);
  }
}

function cookieOf(request: IncomingMessage): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === COOKIE) return value;
  }
  return undefined;
}

/** A path of ours; anything that could lead elsewhere leads home. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) ? next : '/';
}

function redirect(location: string, headers: Record<string, string> = {}): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store', ...headers }, body: '' };
}
