import { announce } from './announce.js';
import type { Day } from './day.js';
import { announceId } from './names.js';
import { startAside } from './start-aside.js';

const BACKOFF = { initial: 2_000, factor: 2, max: 60_000 };
const HEARTBEAT_MS = 30_000;

/**
 * Has the page of the day written, and people told of `what` where there is anything to tell. Only the start is waited
 * for, and what was started outlives the day.
 */
export async function startAnnouncing(
  day: Day,
  what: string,
  { alertKey, published = false }: { alertKey?: string | undefined; published?: boolean },
): Promise<void> {
  const { partner, date, policies } = day;
  await startAside(
    announce,
    partner,
    {
      workflowId: announceId(partner, date, what),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `tell of ${partner} ${date} ${what}`,
    },
    {
      partner,
      date,
      published,
      ...(alertKey === undefined ? {} : { alertKey }),
      heartbeat: policies?.heartbeat ?? HEARTBEAT_MS,
      backoff: policies?.stage.backoff ?? BACKOFF,
    },
  );
}
