import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { phaseOfActivity } from '../activities/phase-of-activity.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';

/** How long each activity takes, and which tries fail; one whose worker vanished is noted by its successor. */
export function measureActivities(metrics: WorkerMetrics): (context: Context) => ActivityInterceptors {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const labels = { partner: partnerOf(input.args), stage: phaseOfActivity() };
        const began = performance.now();
        if (info.attempt > 1) metrics.add('partnerday_failed_tries', 1, { ...labels, code: 'worker-lost' });
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof ApplicationFailure && error.type !== 'WorkerShutdown')
            metrics.add('partnerday_failed_tries', 1, { ...labels, code: error.type ?? 'Error' });
          throw error;
        } finally {
          metrics.record('partnerday_stage_seconds', (performance.now() - began) / 1_000, labels);
        }
      },
    },
  });
}

/** What serves all partners at once belongs to none. */
function partnerOf([input]: unknown[]): string {
  return (input as { partner?: string } | undefined)?.partner ?? '';
}
