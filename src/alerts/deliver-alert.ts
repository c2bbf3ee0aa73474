import { requireJson } from '../ingest/documents/json-object.js';
import type { PartnerDayLayout } from '../ingest/layout.js';
import { ALERT_LEVELS, type Alert, alertSchema } from '../quality/alert.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import type { AlertChannel, ChannelName } from './alert-channels.js';
import { type Delivery, readDelivery, writeDelivery } from './delivery-record.js';
import { type Posted, postMessage } from './post-message.js';
import { slackMessage } from './slack-message.js';
import { webhookMessage } from './webhook-message.js';

export interface DeliverInput {
  store: ObjectStore;
  layout: PartnerDayLayout;
  channels: readonly AlertChannel[];
  /** Of the alert's data. */
  alertKey: string;
  /** When delivering it began. */
  since: Date;
  now?: () => Date;
  signal?: AbortSignal;
}

export interface Delivered {
  channel: ChannelName;
  /** `told`: people know of something as bad already. `unconfirmed`: a worker died while sending it. */
  outcome: 'sent' | 'told' | 'unconfirmed' | 'again' | 'refused' | 'expired';
  detail?: string;
  retryInMs?: number;
}

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 600_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;
const GIVE_UP_AFTER_MS = 86_400_000;

/**
 * One try of each channel. A partner-day is told of once, and again only when it has become worse. A try is claimed
 * before it is made and its outcome noted after: a claim without an outcome belongs to a worker that died while
 * sending, and is never sent again, because nobody knows that it did not arrive.
 */
export async function deliverAlert(input: DeliverInput): Promise<Delivered[]> {
  const { store, alertKey, signal } = input;
  const call: CallOptions = signal === undefined ? {} : { signal };
  const alert = await requireJson(store, alertKey, alertSchema, call);
  const delivered: Delivered[] = [];
  for (const channel of input.channels) delivered.push(await deliverOver(channel, alert, input, call));
  return delivered;
}

async function deliverOver(
  channel: AlertChannel,
  alert: Alert,
  { store, layout, alertKey, since, now = () => new Date() }: DeliverInput,
  call: CallOptions,
): Promise<Delivered> {
  const { name, url } = channel;
  const { level, subject } = alert;
  for (const worse of ALERT_LEVELS.slice(ALERT_LEVELS.indexOf(level) + 1)) {
    const known = await readDelivery(store, layout, name, worse, call);
    if (known !== undefined && known.delivery.state !== 'failed') return { channel: name, outcome: 'told' };
  }
  const before = await readDelivery(store, layout, name, level, call);
  if (before !== undefined && before.delivery.state !== 'failed') {
    const isOurs = before.delivery.alertKey === alertKey && before.delivery.state === 'claimed';
    return { channel: name, outcome: isOurs ? 'unconfirmed' : 'told' };
  }
  const attempt = (before?.delivery.attempt ?? 0) + 1;
  const note = (state: Delivery['state'], detail?: string): Delivery => ({
    ...{ format: 1, state, channel: name, level, alertKey, subject, host: url.hostname, attempt },
    at: now().toISOString(),
    ...(detail === undefined ? {} : { detail }),
  });
  const claim = await writeDelivery(store, layout, note('claimed'), before, call);
  if (claim === undefined) return { channel: name, outcome: 'told' };
  // From here to the note nothing is interrupted: whoever stops in between leaves a claim that nobody takes up.
  const posted = await sendOver(channel, alert, `${layout.partner}/${layout.date}/${level}`, now());
  const { state, ...judged } = judge(posted, attempt, since, now());
  await writeDelivery(store, layout, note(state, judged.detail), claim);
  return { channel: name, ...judged };
}

/** One message over one channel; `id` is the same for every try. */
export function sendOver(channel: AlertChannel, alert: Alert, id: string, now: Date): Promise<Posted> {
  const { url, secret, timeoutMs, privateNetwork } = channel;
  const message =
    secret === undefined
      ? { headers: {}, body: JSON.stringify(slackMessage(alert)) }
      : webhookMessage(alert, id, secret, now);
  return postMessage({ url, ...message, timeoutMs, privateNetwork });
}

function judge(
  posted: Posted,
  attempt: number,
  since: Date,
  now: Date,
): Omit<Delivered, 'channel'> & { state: Delivery['state'] } {
  if (posted.kind === 'accepted') return { state: 'sent', outcome: 'sent' };
  const { detail } = posted;
  if (posted.kind === 'refused') return { state: 'refused', outcome: 'refused', detail };
  const retryInMs =
    posted.retryAfterMs === undefined
      ? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))
      : Math.min(LONGEST_RETRY_AFTER_MS, posted.retryAfterMs);
  if (now.getTime() + retryInMs > since.getTime() + GIVE_UP_AFTER_MS)
    return { state: 'expired', outcome: 'expired', detail };
  return { state: 'failed', outcome: 'again', detail, retryInMs };
}
