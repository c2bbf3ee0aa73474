import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { backfill } from '../../workflows/backfill.js';
import { type BackfillProgress, backfillProgress } from '../../workflows/messages.js';
import { backfillChanges, backfillText } from '../backfill/backfill-text.js';
import type { Cli } from '../cli.js';
import { LiveView } from '../output/live-view.js';
import { rootFailure } from './root-failure.js';

const LOOK_EVERY_MS = 500;
const QUERY_TIMEOUT_MS = 4_000;
const LOST_WORKER_LOOKS = 3;

export interface FollowedBackfill {
  /** `open`: the time was up first. */
  end: 'completed' | 'failed' | 'open';
  progress?: BackfillProgress;
  /** Why it failed. */
  error?: string;
}

/** Shows a backfill until it has ended, or the time is up. Ctrl-C stops the looking, not the work. */
export async function followBackfill(
  cli: Cli,
  client: Client,
  handle: WorkflowHandle<typeof backfill>,
  timeoutMs = Number.POSITIVE_INFINITY,
): Promise<FollowedBackfill> {
  const view = new LiveView(cli.stderr);
  const deadline = Date.now() + timeoutMs;
  let progress: BackfillProgress | undefined;
  for (let silent = 0; ; ) {
    const { name } = (await handle.describe()).status;
    const now = await query(client, handle);
    cli.signal.throwIfAborted();
    if (now) {
      view.update({
        lines: backfillText(now, cli.noteStyle).split('\n'),
        changes: backfillChanges(progress, now),
      });
      progress = now;
      silent = 0;
    } else if (++silent === LOST_WORKER_LOOKS) {
      view.note('no worker answers. Start one: partnerday worker');
    }
    if (name !== 'RUNNING') {
      view.end();
      return ended(handle);
    }
    if (Date.now() >= deadline) {
      view.end();
      return { end: 'open', ...(progress ? { progress } : {}) };
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: cli.signal });
  }
}

async function ended(handle: WorkflowHandle<typeof backfill>): Promise<FollowedBackfill> {
  try {
    return { end: 'completed', progress: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { end: 'failed', error: rootFailure(error).message };
  }
}

/** `undefined` when no worker answers in time. */
async function query(
  client: Client,
  handle: WorkflowHandle<typeof backfill>,
): Promise<BackfillProgress | undefined> {
  try {
    return await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query(backfillProgress));
  } catch {
    return undefined;
  }
}
