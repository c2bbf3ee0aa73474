import { PartnerDayLayout } from '../ingest/layout.js';
import { checkRelations as check } from '../ingest/relations/check-relations.js';
import { isSegment, SegmentsExpiredError } from '../ingest/retention/expired-segments.js';
import { ObjectNotFoundError } from '../store/errors.js';
import type { MergeActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function checkRelations({ store, configs }: Dependencies): MergeActivities['checkRelations'] {
  return ({ partner, date, configKey, version }) =>
    withPulse(async ({ signal, progress }) => {
      const layout = new PartnerDayLayout(partner, date);
      const config = await configs.read(configKey);
      try {
        const results = await check({ store, layout, config, version, signal, onProgress: progress });
        const broken = results.filter(({ outcome }) => outcome === 'broken').length;
        return { checked: results.length, broken };
      } catch (error) {
        if (!(error instanceof ObjectNotFoundError) || !isSegment(layout, error.key)) throw error;
        throw new SegmentsExpiredError(`rows kept aside have expired: ${error.message}`, { cause: error });
      }
    });
}
