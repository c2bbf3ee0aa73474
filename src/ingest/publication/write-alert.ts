import { type Alert, renderAlertText } from '../../quality/alert.js';
import { renderAlertMail } from '../../quality/alert-mail.js';
import { PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { encodeJson } from '../documents/json-object.js';
import { alertViews } from '../layout.js';

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
  const { text, mail, data } = viewsOf(key, alert);
  for (const view of [text, mail, data]) await putOnce(store, view.key, view.bytes, options);
  return data.key;
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
  const { text, mail, data } = viewsOf(key, alert);
  for (const view of [data, text, mail]) {
    try {
      await store.put(view.key, view.bytes, { ifNoneMatch: '*' }, options);
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
  return data.key;
}

function viewsOf(key: string, alert: Alert) {
  const { text, mail, data } = alertViews(key);
  return {
    text: { key: text, bytes: Buffer.from(renderAlertText(alert)) },
    mail: { key: mail, bytes: Buffer.from(renderAlertMail(alert)) },
    data: { key: data, bytes: encodeJson(alert) },
  };
}
