import { readSlice } from '../ingest/extraction/slice.js';
import { recordUnread } from '../ingest/extraction/unread.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';

export function recordLost({ store, metrics }: Dependencies): ControlActivities['recordLost'] {
  return async ({ partner, date, sliceKey, group, position, error }) => {
    const layout = new PartnerDayLayout(partner, date);
    const archive = (await readSlice(store, sliceKey)).groups[group]![position]!;
    await recordUnread(store, layout, sliceKey, group, position, {
      archive,
      type: 'worker-lost',
      error,
      transient: false,
    });
    metrics.add('partnerday_archives', 1, { partner, code: 'unread' });
  };
}
