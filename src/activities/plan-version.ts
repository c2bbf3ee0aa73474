import { writeCompleteness } from '../ingest/arrivals/day-completeness.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { planNextVersion } from '../ingest/planning/plan-next-version.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';
import { plannedVersion } from './planned-version.js';

export function planVersion({ store, configs }: Dependencies): ControlActivities['planVersion'] {
  return ({ partner, date, runId, configKey, arrivalsKey, replay }) =>
    withPulse(async ({ signal, progress }) => {
      const layout = new PartnerDayLayout(partner, date);
      const next = await planNextVersion({
        store,
        layout,
        config: await configs.read(configKey),
        configKey,
        arrivalsKey,
        runId,
        replay,
        signal,
        onProgress: (manifests) => progress({ manifests }),
      });
      progress();
      if (!next.published) await writeCompleteness(store, layout, next.plan.version, arrivalsKey, { signal });
      return plannedVersion(store, layout, next);
    });
}
