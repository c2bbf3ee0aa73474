import { TerminalError } from '../../errors.js';
import { addDays } from '../../ingest/business-date.js';
import { PartnerDayLayout } from '../../ingest/layout.js';
import { partnerDayId } from '../../workflows/names.js';
import { arrivalMessages } from '../temporal/arrival-messages.js';
import { type ArrivalAccepted, arrivalRequestSchema } from './arrival-request.js';
import { requireHolder } from './authorize.js';
import { type Answer, type Exchange, type Handler, jsonAnswer } from './exchange.js';
import { HttpProblem } from './http-problem.js';
import type { RateLimiter } from './rate-limiter.js';
import { readBody } from './read-body.js';
import { RememberedRequest } from './remembered-requests.js';
import type { ServeDependencies } from './serve-dependencies.js';
import { tellDay } from './tell-day.js';
import { validateBody } from './validate-body.js';

/** `MAX_KEYS` keys of the longest kind, and their JSON. */
export const ARRIVAL_BYTES = 128 * 1024;
/** No clock and no time zone is further ahead. */
const DAYS_AHEAD = 2;

/** `POST /v1/partners/{partner}/days/{date}/arrivals` */
export function takeArrival(deps: ServeDependencies, limiter: RateLimiter): Handler {
  return async (exchange) => {
    const { request, params } = exchange;
    const partner = params.partner!;
    requirePartner(exchange, deps, partner);
    limit(limiter, partner);
    requireJsonType(exchange);
    const text = await readBody(request, ARRIVAL_BYTES);
    const body = validateBody(text, arrivalRequestSchema);
    const config = (await deps.partners()).get(partner);
    if (!config) throw new HttpProblem(404, `partner ${partner} is not configured, or its file has problems`);
    const date = plausibleDate(params.date!);
    const key = request.headers['idempotency-key'];
    const layout = asked(() => new PartnerDayLayout(partner, date));
    const remembered =
      key === undefined ? undefined : new RememberedRequest(deps.store, layout, String(key), text);
    const before = await remembered?.recall();
    if (before) return accepted(before, { 'idempotency-replayed': 'true' });
    const messages = asked(() => arrivalMessages(config, date, body));
    const runId = await tellDay(deps.temporal, partner, date, messages);
    const answer = { workflowId: partnerDayId(partner, date), runId, sent: messages.map(({ name }) => name) };
    deps.log.info({ partner, date, sent: answer.sent }, 'an arrival was taken');
    return accepted((await remembered?.remember(answer)) ?? answer);
  };
}

function accepted(answer: ArrivalAccepted, headers: Record<string, string> = {}): Answer {
  return jsonAnswer(202, answer, headers);
}

function requirePartner({ request }: Exchange, { tokens }: ServeDependencies, partner: string): void {
  const holder = requireHolder(request, tokens);
  if (holder.kind === 'partner' && holder.partner === partner) return;
  throw new HttpProblem(403, `this token may not speak for ${partner}`);
}

/** @throws HttpProblem 429 */
export function limit(limiter: RateLimiter, name: string): void {
  const seconds = limiter.take(name);
  if (seconds === 0) return;
  throw new HttpProblem(
    429,
    `more than ${limiter.perMinute} requests a minute; name up to 100 archives in one, or a manifest`,
    { headers: { 'retry-after': String(seconds) } },
  );
}

function requireJsonType({ request }: Exchange): void {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new HttpProblem(415, `expected content-type application/json, received ${JSON.stringify(type)}`);
}

/** A date far ahead is a mistake that would leave a day waiting for years. */
function plausibleDate(date: string): string {
  const last = addDays(new Date().toISOString().slice(0, 10), DAYS_AHEAD);
  if (date <= last) return date;
  throw new HttpProblem(400, `business date ${date} lies in the future; expected at most ${last}`);
}

/** What the domain refuses is the sender's mistake. */
function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    throw new HttpProblem(400, error.message, { cause: error });
  }
}
