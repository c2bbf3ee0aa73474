import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Progress } from '../../workflows/messages.js';
import type { Cli } from '../cli.js';
import { progressChanges, progressLines } from '../day/progress-lines.js';
import { LiveView } from '../output/live-view.js';
import { queryProgress } from './running-days.js';

const LOOK_EVERY_MS = 400;
const LOST_WORKER_LOOKS = 3;

export interface DayToFollow {
  partner: string;
  date: string;
  handle: WorkflowHandle;
}

export interface Followed {
  partner: string;
  date: string;
  /** `open`: the time was up first. */
  end: 'completed' | 'failed' | 'open';
  /** Why it failed. */
  error?: string;
}

/** Shows one or more days until each run has ended, or the time is up. Ctrl-C stops the looking, not the work. */
export async function followDays(
  cli: Cli,
  client: Client,
  days: readonly DayToFollow[],
  timeoutMs?: number,
): Promise<Followed[]> {
  const view = new LiveView(cli.stderr);
  const ends = new Map<DayToFollow, Followed>();
  const waits = days.map(async (day) => ends.set(day, await endOf(day)));
  const all = Promise.all(waits);
  // A failure is thrown by the race below, or nobody waits any more.
  all.catch(() => undefined);
  const deadline = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  const seen = new Map<DayToFollow, Progress>();
  const silent = new Map<DayToFollow, number>();
  for (;;) {
    const changes: string[] = [];
    for (const day of days) {
      if (ends.has(day)) continue;
      const now = await queryProgress(client, day.partner, day.date);
      if (now) {
        changes.push(...progressChanges(seen.get(day), now));
        seen.set(day, now);
        silent.set(day, 0);
      } else {
        const looks = (silent.get(day) ?? 0) + 1;
        silent.set(day, looks);
        if (looks === LOST_WORKER_LOOKS) {
          view.note(`${day.partner} ${day.date}: no worker answers. Start one: partnerday worker`);
        }
      }
    }
    view.update({ lines: picture(cli, days, seen), changes });
    if (ends.size === days.length) break;
    if (deadline !== undefined && Date.now() >= deadline) break;
    const pause = Math.max(1, Math.min(LOOK_EVERY_MS, (deadline ?? Number.POSITIVE_INFINITY) - Date.now()));
    await Promise.race([all, sleep(pause, undefined, { signal: cli.signal })]);
  }
  await lastLook(cli, client, days, seen, view);
  return days.map((day) => ends.get(day) ?? { partner: day.partner, date: day.date, end: 'open' });
}

/** Between the last look and the end something may have happened that nobody has seen. */
async function lastLook(
  cli: Cli,
  client: Client,
  days: readonly DayToFollow[],
  seen: Map<DayToFollow, Progress>,
  view: LiveView,
): Promise<void> {
  const changes: string[] = [];
  for (const day of days) {
    const now = await queryProgress(client, day.partner, day.date);
    if (!now) continue;
    changes.push(...progressChanges(seen.get(day), now));
    seen.set(day, now);
  }
  view.update({ lines: picture(cli, days, seen), changes });
  view.end();
}

function picture(cli: Cli, days: readonly DayToFollow[], seen: Map<DayToFollow, Progress>): string[] {
  return days.flatMap((day) => {
    const now = seen.get(day);
    return now ? progressLines(now, cli.noteStyle) : [`${day.partner} ${day.date}  waiting for a worker`];
  });
}

async function endOf({ partner, date, handle }: DayToFollow): Promise<Followed> {
  try {
    await handle.result();
    return { partner, date, end: 'completed' };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { partner, date, end: 'failed', error: error.cause?.message ?? error.message };
  }
}
