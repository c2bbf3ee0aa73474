import { monitorEventLoopDelay } from 'node:perf_hooks';
import { jsonAnswer } from './exchange.js';
import type { Route } from './request-listener.js';

const LOOP_DELAY_LIMIT_MS = 30_000;

/** `/readyz` until it is asked to stop; `/livez` while the event loop turns. Neither asks the store or Temporal. */
export function probeRoutes(stopping: AbortSignal): Route[] {
  const delay = monitorEventLoopDelay({ resolution: 50 });
  delay.enable();
  const answer = (good: boolean) =>
    jsonAnswer(good ? 200 : 503, { state: stopping.aborted ? 'STOPPING' : 'RUNNING', pid: process.pid });
  return [
    { method: 'GET', path: '/readyz', handle: async () => answer(!stopping.aborted) },
    {
      method: 'GET',
      path: '/livez',
      handle: async () => {
        const loopDelayMs = delay.max / 1e6;
        delay.reset();
        return answer(loopDelayMs < LOOP_DELAY_LIMIT_MS);
      },
    },
  ];
}
