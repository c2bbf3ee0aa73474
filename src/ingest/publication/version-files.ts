import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { putOnce } from '../../store/put-once.js';
import { writeJsonOnce } from '../documents/json-object.js';
import type { VersionLayout } from '../layout.js';
import type { VersionDescription } from './describe-version.js';
import { writeAlert } from './write-alert.js';

/** Writes what describes a version, beside its tables. @throws ConflictError when it was described otherwise before */
export async function writeVersionFiles(
  store: ObjectStore,
  keys: VersionLayout,
  { ledger, summaryText, summary, quality, figures, tableMetadata, alert }: VersionDescription,
  options: CallOptions,
): Promise<void> {
  await writeJsonOnce(store, keys.ledger, ledger, options);
  await putOnce(store, keys.summaryText, Buffer.from(summaryText), options);
  await writeJsonOnce(store, keys.summary, summary, options);
  await writeJsonOnce(store, keys.quality, quality, options);
  await writeJsonOnce(store, keys.figures, figures, options);
  await writeJsonOnce(store, keys.tableMetadata, tableMetadata, options);
  if (alert !== undefined) await writeAlert(store, keys.alert, alert, options);
}
