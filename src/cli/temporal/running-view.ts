import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Progress } from '../../workflows/messages.js';
import { partnerDayId } from '../../workflows/names.js';
import type { Cli } from '../cli.js';
import { connectTemporal } from './connect.js';
import { rootFailure } from './root-failure.js';
import { describeDay, listRunningDays, queryProgress, type RunningDay } from './running-days.js';
import { webLink } from './web-link.js';
import { type WorkerView, workerView } from './worker-view.js';

export interface RunningView {
  /** Open runs of all partners; `undefined` when Temporal does not answer. */
  days?: (RunningDay & { progress?: Progress })[];
  /** The one asked for, when it is open. */
  open?: { progress?: Progress; link?: string };
  /** How its last run ended, in words. */
  ended?: string;
  /** Why it failed. */
  error?: string;
  /** The last thing it said of itself; only while a worker is up to answer. */
  last?: Progress;
  /** Who works; absent when Temporal does not answer. */
  workers?: WorkerView;
}

const CONNECT_TIMEOUT_MS = 1_500;
const LAST_WORD_MS = 1_500;

const WORDS: Record<string, string> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'was cancelled',
  TERMINATED: 'was terminated',
  TIMED_OUT: 'timed out',
};

/**
 * What is running now. Finished days need only the store, so an absent Temporal is a remark, not a failure; with
 * `quiet` not even that.
 */
export async function runningView(
  cli: Cli,
  day?: { partner: string; date: string },
  { quiet = false }: { quiet?: boolean } = {},
): Promise<RunningView> {
  const temporal = await connectTemporal(cli, CONNECT_TIMEOUT_MS).catch((error: unknown) => {
    cli.signal.throwIfAborted();
    if (!quiet) cli.note(cli.noteStyle('dim', `${(error as Error).message}: what is running is not shown`));
    return undefined;
  });
  if (!temporal) return {};
  const { client, namespace } = temporal;
  try {
    if (!day) {
      const days = await listRunningDays(client);
      return {
        workers: await workerView(client),
        days: await Promise.all(
          days.map(async (open) => {
            const progress = await queryProgress(client, open.partner, open.date, 2_000);
            return { ...open, ...(progress ? { progress } : {}) };
          }),
        ),
      };
    }
    const { partner, date } = day;
    const run = await describeDay(client, partner, date);
    if (!run) return {};
    if (run.status !== 'RUNNING') {
      const error = run.status === 'FAILED' ? await failureOf(client, partner, date) : undefined;
      const last = await queryProgress(client, partner, date, LAST_WORD_MS);
      return {
        ...(last ? { last } : {}),
        ended: WORDS[run.status] ?? run.status.toLowerCase(),
        ...(error ? { error } : {}),
      };
    }
    const progress = await queryProgress(client, partner, date);
    const link = await webLink(cli, namespace, partnerDayId(partner, date), run.runId);
    const workers = await workerView(client);
    return { open: { ...(progress ? { progress } : {}), ...(link ? { link } : {}) }, workers };
  } finally {
    await temporal.close();
  }
}

async function failureOf(client: Client, partner: string, date: string): Promise<string | undefined> {
  try {
    await client.workflow.getHandle(partnerDayId(partner, date)).result();
    return undefined;
  } catch (error) {
    return error instanceof WorkflowFailedError ? rootFailure(error).message : undefined;
  }
}
