import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, ExtractActivities, MergeActivities } from '../activities/contract.js';
import { QUEUES } from './names.js';

/**
 * Server-side attempts are spent on lost workers and on workers that were shut down, never on application failures
 * (those are non-retryable at the edge and counted by `withTries`).
 */
const LOST_WORKERS = {
  maximumAttempts: 10,
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
} as const;

interface Proxy {
  partner: string;
  timeoutMs: number;
  heartbeatMs: number;
}

function options(proxy: Proxy, taskQueue: string): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: proxy.timeoutMs,
    heartbeatTimeout: proxy.heartbeatMs,
    retry: LOST_WORKERS,
    priority: { fairnessKey: proxy.partner },
  };
}

export function controlActivities(proxy: Proxy): ActivityInterfaceFor<ControlActivities> {
  return proxyActivities<ControlActivities>(options(proxy, QUEUES.control));
}

/** `lostWorkers`: attempts before the group is split (or its one archive set aside). */
export function extractActivities(
  proxy: Proxy,
  lostWorkers: number,
): ActivityInterfaceFor<ExtractActivities> {
  return proxyActivities<ExtractActivities>({
    ...options(proxy, QUEUES.extract),
    retry: { ...LOST_WORKERS, maximumAttempts: lostWorkers },
  });
}

export function mergeActivities(proxy: Proxy): ActivityInterfaceFor<MergeActivities> {
  return proxyActivities<MergeActivities>(options(proxy, QUEUES.merge));
}
