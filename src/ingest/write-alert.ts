import { type Alert, renderAlertText } from '../quality/alert.js';
import { renderAlertMail } from '../quality/alert-mail.js';
import { PreconditionFailedError } from '../store/errors.js';
import type { CallOptions, ObjectStore } from '../store/object-store.js';
import { putOnce } from '../store/put-once.js';
import { encodeJson } from './json-object.js';
import { alertViews } from './layout.js';

/**
 * Writes an alert as text, as mail and, last, as data. Returns the key of the data.
 * @throws ConflictError when something else was told under this key
 */
export async function writeAlert(
  store: ObjectStore,
  key: string,
  alert: Alert,
  options: CallOptions = {},
): Promise<string> {
  const { text, data, mail } = alertViews(key);
  await putOnce(store, text, Buffer.from(renderAlertText(alert)), options);
  await putOnce(store, mail, Buffer.from(renderAlertMail(alert)), options);
  await putOnce(store, data, encodeJson(alert), options);
  return data;
}

/**
 * The same for what depends on the moment: what was told first stands, by an attempt whose reply was lost or by an
 * earlier run of the day.
 */
export async function writeAlertOnce(
  store: ObjectStore,
  key: string,
  alert: Alert,
  options: CallOptions = {},
): Promise<string> {
  const { text, data, mail } = alertViews(key);
  const views = [
    [data, encodeJson(alert)],
    [text, Buffer.from(renderAlertText(alert))],
    [mail, Buffer.from(renderAlertMail(alert))],
  ] as const;
  for (const [view, bytes] of views) {
    try {
      await store.put(view, bytes, { ifNoneMatch: '*' }, options);
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
  return data;
}
