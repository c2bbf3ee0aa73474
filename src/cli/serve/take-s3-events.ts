import { type LandingPlace, LandingPlaces } from '../../ingest/arrivals/landing-places.js';
import type { Holder } from './access-tokens.js';
import { requireHolder } from './authorize.js';
import type { Doorbell } from './doorbell.js';
import { type Handler, jsonAnswer } from './exchange.js';
import { HttpProblem } from './http-problem.js';
import type { RateLimiter } from './rate-limiter.js';
import { readBody } from './read-body.js';
import { type CreatedObject, createdObjects, s3EventSchema } from './s3-event.js';
import type { ServeDependencies } from './serve-dependencies.js';
import { limit } from './take-arrival.js';
import { validateBody } from './validate-body.js';

/** What a queue or a store puts into one request. */
export const EVENT_BYTES = 1024 * 1024;

export interface EventLimits {
  partner: RateLimiter;
  /** Of the holder of the events token, who speaks for all partners. */
  events: RateLimiter;
}

/** `POST /v1/events/s3`: the sender need not be able to set a content type. */
export function takeS3Events(deps: ServeDependencies, limits: EventLimits, doorbell: Doorbell): Handler {
  return async ({ request }) => {
    const holder = requireHolder(request, deps.tokens);
    if (holder.kind === 'partner') limit(limits.partner, holder.partner);
    else limit(limits.events, 'events');
    const event = validateBody(await readBody(request, EVENT_BYTES), s3EventSchema);
    if (!('Records' in event)) return jsonAnswer(200, { test: true, told: [], ignored: [] });
    const { created, other: ignored } = createdObjects(event);
    const places = new LandingPlaces((await deps.partners()).values());
    const told = new Map<string, LandingPlace>();
    for (const object of created) {
      const found = placesOf(object, places, deps.store.url);
      if (typeof found === 'string') ignored.push({ record: object.record, why: found });
      else for (const place of found) told.set(`${place.partner}/${place.date}/${place.source}`, place);
    }
    requireOwn(holder, told.values());
    await Promise.all([...told.values()].map((place) => doorbell.press(place)));
    ignored.sort((a, b) => a.record - b.record);
    return jsonAnswer(202, { test: false, told: [...told.values()], ignored });
  };
}

/** Whose the object is, or why it is nobody's. */
function placesOf(
  { bucket, key }: CreatedObject,
  places: LandingPlaces,
  storeUrl: string,
): LandingPlace[] | string {
  const store = new URL(storeUrl);
  const root = store.protocol === 's3:' ? store.pathname.replace(/^\//, '').replace(/\/*$/, '/') : '/';
  if (store.protocol === 's3:' && bucket !== store.host)
    return `bucket ${bucket} is not the store's (${store.host})`;
  const prefix = root === '/' ? '' : decodeURIComponent(root);
  const found = key.startsWith(prefix) ? places.of(key.slice(prefix.length)) : [];
  return found.length > 0 ? found : 'the key lies below no source of a partner';
}

/** All or nothing: a partner's token must not reach another's day, not even as a passenger. */
function requireOwn(holder: Holder, told: Iterable<LandingPlace>): void {
  if (holder.kind === 'events') return;
  for (const { partner } of told) {
    if (partner !== holder.partner) throw new HttpProblem(403, 'this token may not speak for other partners');
  }
}
