import { z } from 'zod';
import { encodeJson, parseJson } from '../ingest/json-object.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import { ALERT_LEVELS, type AlertLevel } from '../quality/alert.js';
import { ObjectNotFoundError, PreconditionFailedError } from '../store/errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { ChannelName } from './alert-channels.js';

/**
 * `claimed`: being sent, or sent by a worker that died before it could say so. `failed`: not taken, and to be tried
 * again. `sent`: taken. `refused`: will not be taken. `expired`: given up after a day of failing.
 */
export const deliverySchema = z.object({
  format: z.literal(1),
  state: z.enum(['claimed', 'failed', 'sent', 'refused', 'expired']),
  channel: z.enum(['slack', 'webhook']),
  level: z.enum(ALERT_LEVELS),
  alertKey: z.string(),
  subject: z.string(),
  host: z.string(),
  attempt: z.number().int().positive(),
  at: z.string(),
  detail: z.string().optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export interface KnownDelivery {
  delivery: Delivery;
  etag: string;
}

export async function readDelivery(
  store: ObjectStore,
  layout: PartnerDayLayout,
  channel: ChannelName,
  level: AlertLevel,
  options: CallOptions = {},
): Promise<KnownDelivery | undefined> {
  const key = layout.alertDelivery(channel, level);
  const info = await store.head(key, options);
  if (info === undefined) return undefined;
  try {
    const bytes = await store.getBytes(key, { ...options, ifMatch: info.etag });
    return { delivery: parseJson(key, bytes, deliverySchema), etag: info.etag };
  } catch (error) {
    if (error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError)
      return readDelivery(store, layout, channel, level, options);
    throw error;
  }
}

/** One conditional write: `undefined` when somebody else has written since `before` was read. */
export async function writeDelivery(
  store: ObjectStore,
  layout: PartnerDayLayout,
  delivery: Delivery,
  before: KnownDelivery | undefined,
  options: CallOptions = {},
): Promise<KnownDelivery | undefined> {
  const key = layout.alertDelivery(delivery.channel, delivery.level);
  const condition = before === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: before.etag };
  try {
    const { etag } = await store.put(key, encodeJson(delivery), condition, options);
    return { delivery, etag };
  } catch (error) {
    if (error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}
