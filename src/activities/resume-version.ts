import { PartnerDayLayout } from '../ingest/layout.js';
import { readPlan, readTableOutlines } from '../ingest/planning/read-plan.js';
import { readPointer } from '../ingest/publication/pointer.js';
import { ObjectNotFoundError } from '../store/errors.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';
import { plannedVersion } from './planned-version.js';

/** The version readers see or, where nothing is published, the first one planned. */
export function resumeVersion({ store }: Dependencies): ControlActivities['resumeVersion'] {
  return ({ partner, date }) =>
    withPulse(async ({ signal }) => {
      const layout = new PartnerDayLayout(partner, date);
      const current = (await readPointer(store, layout, { signal }))?.publication.version;
      try {
        const plan = await readPlan(store, layout.version(current ?? 1), { signal });
        const tables = await readTableOutlines(store, layout, plan, { signal });
        return await plannedVersion(store, layout, {
          plan,
          tables,
          published: current !== undefined,
        });
      } catch (error) {
        if (current === undefined && error instanceof ObjectNotFoundError) return null;
        throw error;
      }
    });
}
