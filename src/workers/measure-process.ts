import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';

const EVERY_MS = 10_000;
/** The histogram measures whole intervals of its timer; what exceeds one is delay. */
const RESOLUTION_MS = 20;

/** Memory, CPU and the delay of the event loop, now and every ten seconds, until the returned function is called. */
export function measureProcess(metrics: WorkerMetrics): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let spentMs = 0;
  const sample = () => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const cpuMs = Math.round((user + system) / 1_000);
    metrics.set(
      'partnerday_event_loop_delay_seconds',
      Math.max(0, delay.max / 1e6 - RESOLUTION_MS) / 1_000,
      {},
    );
    delay.reset();
    metrics.set('partnerday_resident_bytes', rss, {});
    metrics.set('partnerday_heap_bytes', heapUsed, {});
    metrics.set('partnerday_buffer_bytes', Math.max(external, arrayBuffers), {});
    metrics.set('partnerday_memory_limit_bytes', memoryLimit(), {});
    metrics.add('partnerday_cpu_milliseconds', cpuMs - spentMs, {});
    spentMs = cpuMs;
  };
  sample();
  const timer = setInterval(sample, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

/** Without a limit of its own a container reports none, or more than there is. */
function memoryLimit(): number {
  const constrained = process.constrainedMemory() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
