import { Doorbell } from './doorbell.js';
import { type Answer, jsonAnswer } from './exchange.js';
import type { HttpProblem } from './http-problem.js';
import { openApiDocument } from './openapi.js';
import { RateLimiter } from './rate-limiter.js';
import type { Route } from './request-listener.js';
import type { ServeDependencies } from './serve-dependencies.js';
import { takeArrival } from './take-arrival.js';
import { takeS3Events } from './take-s3-events.js';
import { tellDay } from './tell-day.js';

/** The sender of the store's events speaks for all partners, and stores send one event for every object. */
const EVENTS_FACTOR = 50;

export interface Api {
  routes: Route[];
  /** Tells what is still to be told. */
  close(): Promise<void>;
}

export function apiRoutes(deps: ServeDependencies, version: string): Api {
  const perPartner = new RateLimiter(deps.ratePerMinute);
  const doorbell = new Doorbell(
    ({ partner, date, source }) =>
      tellDay(deps.temporal, partner, date, [{ name: 'sourceArrived', body: { source } }]),
    (place, error) => deps.log.warn({ ...place, err: error }, 'a day could not be told yet'),
  );
  const limits = { partner: perPartner, events: new RateLimiter(deps.ratePerMinute * EVENTS_FACTOR) };
  return {
    routes: [
      {
        method: 'POST',
        path: '/v1/partners/{partner}/days/{date}/arrivals',
        handle: takeArrival(deps, perPartner),
      },
      { method: 'POST', path: '/v1/events/s3', handle: takeS3Events(deps, limits, doorbell) },
      {
        method: 'GET',
        path: '/openapi.json',
        handle: async () => jsonAnswer(200, openApiDocument(version)),
      },
    ],
    close: () => doorbell.close(),
  };
}

export function problemJson(problem: HttpProblem): Answer {
  return jsonAnswer(problem.status, problem, {
    ...problem.options.headers,
    'content-type': 'application/problem+json; charset=utf-8',
  });
}
