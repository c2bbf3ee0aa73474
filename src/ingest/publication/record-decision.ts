import { z } from 'zod';
import { PreconditionFailedError } from '../../store/errors.js';
import type { ObjectStore } from '../../store/object-store.js';
import { encodeJson } from '../documents/json-object.js';
import type { PartnerDayLayout } from '../layout.js';

export const decisionSchema = z.object({
  version: z.number().int().positive(),
  action: z.enum(['release', 'reject']),
  by: z.string(),
  why: z.string(),
  decidedAt: z.string(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** Who decided what about a held version, and why. The first word stands. */
export async function recordDecision(
  store: ObjectStore,
  layout: PartnerDayLayout,
  decision: Decision,
): Promise<void> {
  try {
    await store.put(layout.version(decision.version).decision, encodeJson(decision), { ifNoneMatch: '*' });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}
