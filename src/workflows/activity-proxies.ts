import {
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  type RetryPolicy,
} from '@temporalio/workflow';
import type { ControlActivities, ExtractActivities, MergeActivities } from '../activities/contract.js';
import { QUEUES } from './names.js';

/**
 * Server-side attempts are spent on lost workers and on workers that were shut down, never on application failures
 * (those are non-retryable at the edge and counted by `withTries`).
 */
const LOST_WORKERS = 10;

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
    retry: afterLostWorker(proxy.heartbeatMs, LOST_WORKERS),
    priority: { fairnessKey: proxy.partner },
  };
}

/** Pauses grow up to the time in which a lost worker is noticed: with the default of 30 s from 1 s to 30 s. */
function afterLostWorker(heartbeatMs: number, maximumAttempts: number): RetryPolicy {
  return {
    maximumAttempts,
    initialInterval: Math.ceil(heartbeatMs / 30),
    backoffCoefficient: 2,
    maximumInterval: heartbeatMs,
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
    retry: afterLostWorker(proxy.heartbeatMs, lostWorkers),
  });
}

export function mergeActivities(proxy: Proxy): ActivityInterfaceFor<MergeActivities> {
  return proxyActivities<MergeActivities>(options(proxy, QUEUES.merge));
}
