import type { NativeConnection } from '@temporalio/worker';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { QUEUES } from '../workflows/names.js';

const EVERY_MS = 10_000;
const WORKFLOW_TASKS = 1;
const ACTIVITY_TASKS = 2;

/**
 * What waits in each queue, as the server tells it, until the returned function is called. The control workers all say
 * the same. Where the server does not answer, the last figures stay; its own metrics tell what is wrong.
 */
export function measureBacklog(
  metrics: WorkerMetrics,
  connection: NativeConnection,
  namespace: string,
): () => void {
  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      for (const stage of Object.values(QUEUES)) await show(stage);
    } catch {
      // The next look may succeed.
    } finally {
      asking = false;
    }
  };
  const show = async (stage: string) => {
    const kinds = stage === QUEUES.control ? [WORKFLOW_TASKS, ACTIVITY_TASKS] : [ACTIVITY_TASKS];
    let tasks = 0;
    let ageSeconds = 0;
    for (const taskQueueType of kinds) {
      const { stats } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: stage },
        taskQueueType,
        reportStats: true,
      });
      tasks += Number(stats?.approximateBacklogCount ?? 0);
      ageSeconds = Math.max(ageSeconds, Number(stats?.approximateBacklogAge?.seconds ?? 0));
    }
    metrics.set('partnerday_backlog_tasks', tasks, { stage });
    metrics.set('partnerday_backlog_age_seconds', ageSeconds, { stage });
  };
  void ask();
  const timer = setInterval(() => void ask(), EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
