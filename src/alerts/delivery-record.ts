import { z } from 'zod';
import { readVersionedJson, writeVersionedJson } from '../ingest/documents/versioned-json.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import { ALERT_LEVELS, type AlertLevel } from '../quality/alert.js';
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
  const read = await readVersionedJson(store, key, deliverySchema, options);
  return read && { delivery: read.value, etag: read.etag };
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
  const etag = await writeVersionedJson(store, key, delivery, before, options);
  return etag === undefined ? undefined : { delivery, etag };
}
