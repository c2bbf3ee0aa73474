import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { DomainError } from '../../errors.js';
import type { Answer, Exchange, Handler } from './exchange.js';
import { HttpProblem } from './http-problem.js';

export interface Route {
  method: 'GET' | 'POST';
  /** `/partners/{partner}`: braces match one segment. */
  path: string;
  handle: Handler;
}

/** How a problem is shown: JSON to programs, a page to people. */
export type ProblemView = (problem: HttpProblem, request: IncomingMessage) => Answer;

const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Finds the route, runs it, and turns whatever it throws into one answer. */
export function requestListener(routes: readonly Route[], view: ProblemView, log: Logger): RequestListener {
  const compiled = routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const matching = compiled.filter(({ pattern }) => pattern.test(url.pathname));
    if (matching.length === 0) throw new HttpProblem(404, 'there is nothing here');
    // A HEAD is a GET whose body is not sent.
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = matching.find((candidate) => candidate.method === method);
    if (!route) {
      const allow = matching.map((candidate) => candidate.method).join(', ');
      throw new HttpProblem(405, `expected ${allow}`, { headers: { allow } });
    }
    const exchange: Exchange = { request, url, params: paramsOf(route.pattern, url.pathname) };
    return route.handle(exchange);
  };
  return async (request, response) => {
    let answer: Answer;
    try {
      answer = await answerTo(request);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500) log.error({ err: error, url: request.url }, problem.detail);
      answer = view(problem, request);
    }
    send(request, response, answer);
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...SAFE_HEADERS, ...headers, 'content-length': bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof DomainError && error.transient) {
    return new HttpProblem(503, `the store does not answer: ${error.message}`, {
      headers: { 'retry-after': '10' },
      cause: error,
    });
  }
  return new HttpProblem(500, 'this should not happen; the server’s log says more', { cause: error });
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith('{') ? `(?<${part.slice(1, -1)}>[^/]+)` : part.replace(/[.]/g, '\\.')))
    .join('');
  return new RegExp(`^${source}$`);
}

/** @throws HttpProblem 400 */
function paramsOf(pattern: RegExp, path: string): Record<string, string> {
  const groups = Object.entries(pattern.exec(path)?.groups ?? {});
  try {
    return Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch (cause) {
    throw new HttpProblem(400, 'the path is not URL-encoded', { cause });
  }
}
