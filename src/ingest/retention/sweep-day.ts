import type { PartnerConfig } from '../../config/partner-config.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { claimedVersions } from '../day-state.js';
import { UnreadableObjectError } from '../documents/unreadable-object.js';
import type { PartnerDayLayout } from '../layout.js';
import { type DayObject, listDayObjects } from './day-objects.js';
import { type DueObjects, dueObjects } from './due-objects.js';

export interface SweptObject {
  readonly key: string;
  readonly bytes: number;
  readonly kind: DayObject['kind'];
}

export interface SweptDay {
  readonly partner: string;
  readonly date: string;
  /**
   * `running`, `unreadable` (what must stay cannot be told): left alone. `changed`: something was published meanwhile,
   * and the rest is left to the next sweep.
   */
  readonly state: 'swept' | 'running' | 'changed' | 'unreadable';
  /** Why it is unreadable. */
  readonly error?: string;
  /** Deleted, or to be deleted. */
  readonly objects: readonly SweptObject[];
  /** Due, but the only copy: their archives are not in the landing prefix any more as they were read. */
  readonly onlyCopies: number;
}

export interface SweepDayInput {
  readonly store: ObjectStore;
  readonly layout: PartnerDayLayout;
  readonly config: PartnerConfig;
  readonly now: Date;
  /** Nothing of a running day is touched. Asked at the beginning, and again before anything is deleted. */
  readonly isRunning: () => Promise<boolean>;
  /** Keys that other days name, read when they are needed. */
  readonly named: () => Promise<ReadonlySet<string>>;
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Deleted at once, between two looks at the pointer. */
const BATCH = 32;

/**
 * Deletes what the partner's retention has come to the end of and nothing kept refers to. The pointer is read after
 * the listing, so that everything listed is older than what it says, and looked at again while deleting.
 */
export async function sweepDay(input: SweepDayInput): Promise<SweptDay> {
  const { store, layout, dryRun } = input;
  const { partner, date } = layout;
  const call: CallOptions = input.signal === undefined ? {} : { signal: input.signal };
  const nothing = { partner, date, objects: [], onlyCopies: 0 };
  if (await input.isRunning()) return { ...nothing, state: 'running' };
  const objects = await listDayObjects(store, layout, call);
  let found: DueObjects;
  try {
    found = await dueObjects({ ...input, objects, call });
  } catch (error) {
    if (!(error instanceof UnreadableObjectError) && !(error instanceof ObjectNotFoundError)) throw error;
    return { ...nothing, state: 'unreadable', error: error.message };
  }
  const { due, onlyCopies, etag, versions } = found;
  const swept = due.map(({ kind, info: { key, bytes } }) => ({ key, bytes, kind }));
  if (dryRun || due.length === 0) return { ...nothing, state: 'swept', objects: swept, onlyCopies };
  if (await input.isRunning()) return { ...nothing, state: 'running' };
  const claimed = await claimedVersions(store, layout, call);
  if (claimed.at(-1) !== versions.at(-1)) return { ...nothing, state: 'changed' };
  let done = 0;
  while (done < due.length) {
    if ((await store.head(layout.published, call))?.etag !== etag) {
      return { ...nothing, state: 'changed', objects: swept.slice(0, done), onlyCopies };
    }
    await Promise.all(due.slice(done, done + BATCH).map(({ info }) => store.delete(info.key, call)));
    done += BATCH;
  }
  return { ...nothing, state: 'swept', objects: swept, onlyCopies };
}
