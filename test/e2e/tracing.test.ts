import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Deployment, publishedHashes } from '../support/deployment.js';
import { generateLanding } from '../support/landing.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { startTemporal } from '../support/temporal-server.js';

const DATE = '2026-11-20';
const TABLES = ['orders', 'stays'];

describe('tracing', () => {
  let temporal: TestWorkflowEnvironment;
  const open: Deployment[] = [];
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterEach(async () => {
    for (const deployment of open.splice(0)) await deployment.stop();
  });
  afterAll(async () => {
    await temporal?.teardown();
  });

  const prepare = async (...partners: string[]) => {
    const deployment = await Deployment.create(temporal);
    open.push(deployment);
    for (const partner of partners) {
      await deployment.partner(partner, '');
      await generateLanding(deployment.store, { partner, date: DATE, archives: 20, tables: TABLES });
    }
    return deployment;
  };
  const run = async (deployment: Deployment, partner: string) => {
    const { code, stderr } = await deployment.run('run', partner, DATE, '--wait');
    expect(code, stderr).toBe(0);
  };

  it('shows a partner-day as one trace, across its workflows and activities on two workers, apart from every other day', async () => {
    const receiver = await startOtlpReceiver();
    try {
      const deployment = await prepare('traced', 'other');
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' };
      const workers = await Promise.all([deployment.startWorker(env), deployment.startWorker(env)]);
      await Promise.all([run(deployment, 'traced'), run(deployment, 'other')]);
      for (const worker of workers) {
        const ended = once(worker, 'exit');
        worker.kill('SIGTERM');
        await ended;
      }
      const roots = receiver.spans.filter(({ name }) => name === 'RunWorkflow:partnerDay');
      expect(roots).toHaveLength(2);
      expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
      const days = new Set(roots.map(({ traceId }) => traceId));
      const foreign = receiver.spans.filter(({ traceId }) => !days.has(traceId));
      expect(foreign.map(({ name }) => name)).toEqual([]);
      for (const { traceId } of roots) {
        const spans = receiver.spans.filter((span) => span.traceId === traceId);
        const names = new Set(spans.map(({ name }) => name));
        for (const name of [
          'RunWorkflow:extractSlice',
          'RunWorkflow:mergeTable',
          'RunActivity:prepareDay',
          'RunActivity:watchArrivals',
          'RunActivity:extractGroup',
          'RunActivity:planVersion',
          'RunActivity:composeTable',
          'RunActivity:publishVersion',
        ])
          expect(names).toContain(name);
        const known = new Set(spans.map(({ spanId }) => spanId));
        const orphans = spans.filter(({ parentSpanId }) => parentSpanId && !known.has(parentSpanId));
        expect(orphans.map(({ name }) => name)).toEqual([]);
        expect(spans.filter(({ name }) => name === 'RunWorkflow:mergeTable')).toHaveLength(TABLES.length);
      }
    } finally {
      await receiver.stop();
    }
  });

  it('into a collector that takes connections and never answers changes nothing of a day, nor keeps a worker from stopping', async () => {
    const hole = createServer().listen(0, '127.0.0.1');
    await once(hole, 'listening');
    const { port } = hole.address() as { port: number };
    try {
      const deployment = await prepare('hole', 'calm');
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: '200' };
      const worker = await deployment.startWorker(env);
      await run(deployment, 'hole');
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      await deployment.startWorker();
      await run(deployment, 'calm');
      expect(await publishedHashes(deployment.store, 'hole', DATE)).toEqual(
        await publishedHashes(deployment.store, 'calm', DATE),
      );
    } finally {
      hole.close();
    }
  });

  it.each([
    [false, {}],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
  ])('is loaded only when a collector is named (loaded: %s)', async (loaded, env) => {
    const deployment = await prepare();
    const report = join(deployment.dir, 'loaded.txt');
    const probe = join(deployment.dir, 'probe.cjs');
    await writeFile(
      probe,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(report)}, Object.keys(require.cache).join('\\n')));`,
    );
    const worker = await deployment.startWorker({ ...env, NODE_OPTIONS: `--require=${probe}` });
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');
    await ended;
    const modules = await readFile(report, 'utf8');
    expect(modules).toContain('@temporalio/worker');
    expect(modules.includes('@opentelemetry/sdk-trace-base')).toBe(loaded);
  });
});
