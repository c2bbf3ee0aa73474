import { PartnerDayLayout } from '../ingest/layout.js';
import { dropLeftovers as drop } from '../ingest/merging/drop-leftovers.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function dropLeftovers({ store }: Dependencies): ControlActivities['dropLeftovers'] {
  return ({ partner, date, unmerged }) =>
    withPulse(({ signal }) => drop({ store, layout: new PartnerDayLayout(partner, date), unmerged, signal }));
}
