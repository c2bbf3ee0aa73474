import { PartnerDayLayout } from '../ingest/layout.js';
import { recordDecision } from '../ingest/publication/record-decision.js';
import { releaseVersion } from '../ingest/publication/release-version.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';

export function applyDecision({ store, metrics }: Dependencies): ControlActivities['applyDecision'] {
  return async ({ partner, date, decision, decidedAt }) => {
    const layout = new PartnerDayLayout(partner, date);
    await recordDecision(store, layout, { ...decision, decidedAt });
    if (decision.action === 'reject') return { status: 'held' };
    const { status } = await releaseVersion(store, layout, decision.version);
    metrics.add('partnerday_publications', 1, { partner, code: status });
    return { status };
  };
}
