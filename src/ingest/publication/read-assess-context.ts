import type { PartnerConfig } from '../../config/partner-config.js';
import type { AssessContext } from '../../quality/assess-day.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { arrivedAfter } from '../arrivals/arrived-after.js';
import { readCompleteness } from '../arrivals/day-completeness.js';
import type { PartnerDayLayout } from '../layout.js';
import { locateRetyped } from '../planning/locate-retyped.js';
import type { Plan } from '../planning/plan.js';
import { readRelationResults } from '../relations/relation-results.js';
import type { GatheredTable } from './gather-tables.js';
import { readHistory } from './read-history.js';

/** What the quality of a version is judged by, besides the version itself. No archive and no table is read for it. */
export async function readAssessContext(
  { store, layout, config }: { store: ObjectStore; layout: PartnerDayLayout; config: PartnerConfig },
  plan: Plan,
  tables: readonly GatheredTable[],
  call: CallOptions,
): Promise<AssessContext> {
  const heads = tables.map(({ head }) => head);
  return {
    sources: (await readCompleteness(store, layout, plan.version, call))?.sources ?? [],
    rules: await readRelationResults(store, layout, config, plan, call),
    history: await readHistory(store, layout, config, call),
    retyped: await locateRetyped(store, layout, plan, heads, config, call),
    arrivedAfter: await arrivedAfter(store, layout, config, plan, call),
  };
}
