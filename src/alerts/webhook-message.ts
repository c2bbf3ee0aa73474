import { createHmac } from 'node:crypto';
import type { Alert } from '../quality/alert.js';
import { renderAlertText } from '../quality/alert.js';

export interface WebhookMessage {
  headers: Record<string, string>;
  body: string;
}

/**
 * The alert as JSON, signed: `v1=` and the hex HMAC-SHA256 of `{timestamp}.{body}` under the secret both sides know.
 * `id` is the same for every try, so that a receiver can tell a repeat.
 */
export function webhookMessage(alert: Alert, id: string, secret: string, now: Date): WebhookMessage {
  const body = JSON.stringify({ id, ...alert, text: renderAlertText(alert) });
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  return {
    body,
    headers: {
      'partnerday-id': id,
      'partnerday-timestamp': timestamp,
      'partnerday-signature': `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
    },
  };
}
