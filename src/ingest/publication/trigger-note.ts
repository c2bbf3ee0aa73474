import { z } from 'zod';
import { findingSchema } from '../../quality/finding.js';
import { PreconditionFailedError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { encodeJson, readJson } from '../documents/json-object.js';
import type { VersionLayout } from '../layout.js';

/** What became of telling a scheduler downstream that a version is published. */
export const triggerNoteSchema = z.object({
  format: z.literal(1),
  dag: z.string(),
  runId: z.string(),
  /** `already`: it had been told before. `refused`: it will not take it. `given-up`: it was away for too long. */
  outcome: z.enum(['triggered', 'already', 'refused', 'given-up']),
  /** What a person should know, when it was not told. */
  finding: findingSchema.optional(),
});
export type TriggerNote = z.infer<typeof triggerNoteSchema>;

/** The newest try is what counts: it replaces what was noted of earlier ones. */
export async function writeTriggerNote(
  store: ObjectStore,
  layout: VersionLayout,
  note: TriggerNote,
  options: CallOptions = {},
): Promise<void> {
  const existing = await store.head(layout.airflow, options);
  const condition = existing ? { ifMatch: existing.etag } : ({ ifNoneMatch: '*' } as const);
  try {
    await store.put(layout.airflow, encodeJson(note), condition, options);
  } catch (error) {
    // Another try has just noted its own outcome.
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}

export function readTriggerNote(
  store: ObjectStore,
  layout: VersionLayout,
  options: CallOptions = {},
): Promise<TriggerNote | undefined> {
  return readJson(store, layout.airflow, triggerNoteSchema, options);
}
