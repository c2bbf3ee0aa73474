import type { Logger } from '@temporalio/worker';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { ProgressMirror } from '../progress/progress-mirror.js';

/** The mirror of progress in Redis, when `PARTNERDAY_REDIS_URL` asks for one; its client is loaded only then. */
export async function openProgressMirror(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  metrics: WorkerMetrics,
): Promise<ProgressMirror | undefined> {
  const url = env.PARTNERDAY_REDIS_URL;
  if (!url) return undefined;
  const { RedisTarget } = await import('../progress/redis-target.js');
  return new ProgressMirror(
    new RedisTarget(url),
    (error, counts) =>
      logger.warn('Redis does not take progress; the run is not touched by it', { ...counts, error }),
    (outcome) => metrics.add('partnerday_progress_updates', 1, { code: outcome }),
  );
}
