import { type Logger, Runtime } from '@temporalio/worker';
import { ProgressMirror } from '../progress/progress-mirror.js';

/** The mirror of progress in Redis, when `PARTNERDAY_REDIS_URL` asks for one; its client is loaded only then. */
export async function openProgressMirror(
  env: NodeJS.ProcessEnv,
  logger: Logger,
): Promise<ProgressMirror | undefined> {
  const url = env.PARTNERDAY_REDIS_URL;
  if (!url) return undefined;
  const { RedisTarget } = await import('../progress/redis-target.js');
  const counter = Runtime.instance().metricMeter.createCounter(
    'partnerday_progress_mirror',
    'updates',
    'Progress updates written to Redis, dropped, or superseded by newer ones',
  );
  return new ProgressMirror(
    new RedisTarget(url),
    (error, counts) =>
      logger.warn('Redis does not take progress; the run is not touched by it', { ...counts, error }),
    (outcome) => counter.add(1, { outcome }),
  );
}
