import type { IncomingMessage } from 'node:http';
import type { AccessTokens, Holder } from './access-tokens.js';
import { HttpProblem } from './http-problem.js';

/** The token of `Authorization: Bearer ...`. */
export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** @throws HttpProblem 401 */
export function requireHolder(request: IncomingMessage, tokens: AccessTokens): Holder {
  const token = bearerToken(request);
  const holder = token === undefined ? undefined : tokens.holderOf(token);
  if (holder) return holder;
  const detail = token === undefined ? 'expected Authorization: Bearer TOKEN' : 'this token is not known';
  const challenge = token === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
  throw new HttpProblem(401, detail, { headers: { 'www-authenticate': challenge } });
}
