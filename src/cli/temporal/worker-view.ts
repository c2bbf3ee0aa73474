import type { Client } from '@temporalio/client';
import { parseIdentity } from '../../workers/worker-identity.js';
import { QUEUES } from '../../workflows/names.js';
import { count, plural } from '../output/format.js';

/** The workers that poll, what they do at the same time, and what waits for them. */
export interface WorkerView {
  workers: string[];
  /** Archives in extraction and tables in merging at the same time, over all workers. */
  extract: number;
  merge: number;
  /** Groups of archives, and tables, that wait for a worker; about. */
  waiting: { extract: number; merge: number };
}

/** A poll takes a minute at most: who has not asked for longer is gone. */
const GONE_MS = 90_000;
const ACTIVITY = 2;
const WORKFLOW = 1;

export async function workerView(client: Client): Promise<WorkerView> {
  const { namespace } = client.options;
  const look = async (queue: string, taskQueueType: number) => {
    const { pollers, stats } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType,
      reportStats: true,
    });
    const identities = (pollers ?? []).flatMap(({ identity, lastAccessTime }) =>
      identity && Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < GONE_MS ? [identity] : [],
    );
    return { identities, waiting: Number(stats?.approximateBacklogCount ?? 0) };
  };
  const control = await look(QUEUES.control, WORKFLOW);
  const extract = await look(QUEUES.extract, ACTIVITY);
  const merge = await look(QUEUES.merge, ACTIVITY);
  const slots = (kind: 'extract' | 'merge', identities: string[]) =>
    identities.reduce((sum, identity) => sum + (parseIdentity(identity)?.[kind] ?? 0), 0);
  const workers = new Set([control, extract, merge].flatMap(({ identities }) => identities));
  return {
    workers: [...workers].sort(),
    extract: slots('extract', extract.identities),
    merge: slots('merge', merge.identities),
    waiting: { extract: extract.waiting, merge: merge.waiting },
  };
}

/** `2 workers: 4 archives and 3 tables at a time; 12 groups of archives and 1 table wait`. */
export function workerLine({ workers, extract, merge, waiting }: WorkerView): string {
  if (workers.length === 0) return 'no worker polls. Start one: partnerday worker';
  const slots = `${plural(extract, 'archive')} and ${plural(merge, 'table')} at a time`;
  const groups = `${count(waiting.extract)} ${waiting.extract === 1 ? 'group' : 'groups'} of archives`;
  const queued =
    waiting.extract + waiting.merge > 0
      ? `${groups} and ${plural(waiting.merge, 'table')} wait`
      : 'nothing waits';
  return `${plural(workers.length, 'worker')}: ${slots}; ${queued}`;
}
