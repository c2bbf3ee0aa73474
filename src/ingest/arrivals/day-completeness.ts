import { z } from 'zod';
import { PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { encodeJson, readJson, requireJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { planSchema } from '../planning/plan.js';
import { arrivalsSchema, verdictOf } from './arrivals.js';
import { completenessOf, completenessSchema } from './completeness.js';

/** Whether the sources of a version had sent everything. Written beside its plan. */
export const dayCompletenessSchema = z.object({
  format: z.literal(1),
  verdict: planSchema.shape.verdict,
  /** What the day was sealed with; what a source said there stands until it says something else. */
  arrivalsKey: z.string(),
  sources: z.array(completenessSchema),
});
export type DayCompleteness = z.infer<typeof dayCompletenessSchema>;

/** The first record of a version stands: the one of the arrivals it was planned from. */
export async function writeCompleteness(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  arrivalsKey: string,
  options: CallOptions = {},
): Promise<void> {
  const arrivals = await requireJson(store, arrivalsKey, arrivalsSchema, options);
  const sources = arrivals.sources.map(completenessOf);
  await writeOnce(store, layout.version(version).completeness, {
    format: 1,
    verdict: verdictOf(arrivals),
    arrivalsKey,
    sources,
  });
}

/** A version that only publishes more tables of an earlier one was sealed with what that was sealed with. */
export async function carryCompleteness(
  store: ObjectStore,
  layout: PartnerDayLayout,
  from: number,
  to: number,
  options: CallOptions = {},
): Promise<void> {
  if (from === to) return;
  const earlier = await readCompleteness(store, layout, from, options);
  if (earlier !== undefined) await writeOnce(store, layout.version(to).completeness, earlier);
}

/** `undefined` for versions that left no such record. */
export function readCompleteness(
  store: ObjectStore,
  layout: PartnerDayLayout,
  version: number,
  options: CallOptions = {},
): Promise<DayCompleteness | undefined> {
  return readJson(store, layout.version(version).completeness, dayCompletenessSchema, options);
}

async function writeOnce(store: ObjectStore, key: string, value: DayCompleteness): Promise<void> {
  try {
    await store.put(key, encodeJson(value), { ifNoneMatch: '*' });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}
