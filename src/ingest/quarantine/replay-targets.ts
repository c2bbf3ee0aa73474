import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import type { ArchiveRef } from '../archive-ref.js';
import type { PlannedArchive } from '../planning/plan.js';

/** An archive that might be read again, and what reading it again would mean. */
export interface ReplayTarget {
  readonly archive: ArchiveRef;
  /**
   * `other-rules`: the rules have changed since it was read. `sent-again`: another object has taken its place, which
   * the next run reads anyway. `unread`: it was never read, and the next run tries it again. `same-rules`: reading it
   * again would give the same. `gone`: it is not in the landing prefix any more.
   */
  readonly state: 'other-rules' | 'sent-again' | 'unread' | 'same-rules' | 'gone';
}

/** Compares archives of a plan with what has landed and with the rules of today. */
export async function replayTargets(
  store: ObjectStore,
  archives: readonly PlannedArchive[],
  rulesId: string,
  call: CallOptions = {},
): Promise<ReplayTarget[]> {
  const targets: ReplayTarget[] = [];
  for (const { source, key, etag, bytes, rulesId: before } of archives) {
    if (etag === undefined || bytes === undefined) continue;
    const archive = { source, key, etag, bytes };
    const landed = await store.head(key, call);
    const state =
      landed === undefined
        ? 'gone'
        : landed.etag !== etag
          ? 'sent-again'
          : before === undefined
            ? 'unread'
            : before === rulesId
              ? 'same-rules'
              : 'other-rules';
    targets.push({ archive, state });
  }
  return targets;
}

/** Whether a run has something to do for it. */
export function isWorthReplaying({ state }: ReplayTarget): boolean {
  return state === 'other-rules' || state === 'sent-again' || state === 'unread';
}
