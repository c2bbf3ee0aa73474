import { createServer, type Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Worker } from '@temporalio/worker';

const LOOP_DELAY_LIMIT_MS = 30_000;

/**
 * `/readyz`: every worker of the process polls. `/livez`: none has failed and the event loop turns. Neither asks the
 * store or Temporal: restarting a pod does not mend them.
 */
export function startProbes(workers: Worker[], port: number): Promise<Server> {
  const delay = monitorEventLoopDelay({ resolution: 50 });
  delay.enable();
  const server = createServer((request, response) => {
    const states = workers.map((worker) => worker.getState());
    const loopDelayMs = Math.round(delay.max / 1e6);
    const ready = states.every((state) => state === 'RUNNING');
    const alive = !states.includes('FAILED') && loopDelayMs < LOOP_DELAY_LIMIT_MS;
    if (request.url === '/livez') delay.reset();
    const good = request.url === '/readyz' ? ready : request.url === '/livez' ? alive : undefined;
    response.statusCode = good === undefined ? 404 : good ? 200 : 503;
    response.setHeader('content-type', 'application/json');
    response.end(`${JSON.stringify({ states, loopDelayMs })}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}
