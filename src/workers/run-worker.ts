import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.js';
import { phaseOfActivity } from '../activities/phase-of-activity.js';
import { PinnedConfigs } from '../activities/pinned-configs.js';
import { createExtractor } from '../activities/threads/extract-pool.js';
import { alertChannels } from '../alerts/alert-channels.js';
import { codeVersion } from '../config/code-version.js';
import { loadProject } from '../config/load-project.js';
import { resolveStore } from '../config/resolve-store.js';
import { readUpRecord } from '../config/up-record.js';
import { workflowUrl } from '../config/workflow-url.js';
import { Airflow } from '../downstream/airflow.js';
import { airflowSettings } from '../downstream/airflow-settings.js';
import { lineageEndpoint } from '../lineage/lineage-endpoint.js';
import { WorkerMetrics } from '../metrics/worker-metrics.js';
import { openObservedStore } from '../store/open-observed-store.js';
import type { Tracing } from '../tracing/start-tracing.js';
import { QUEUES } from '../workflows/names.js';
import { checkSearchAttributes } from './check-search-attributes.js';
import { definedOnly, loadConnection } from './connection.js';
import { installRuntime } from './install-runtime.js';
import { measureActivities } from './measure-activities.js';
import { measureBacklog } from './measure-backlog.js';
import { measureProcess } from './measure-process.js';
import { openProgressMirror } from './open-progress-mirror.js';
import { startProbes } from './probes.js';
import { progressSinks } from './progress-sinks.js';
import { type Role, slotsOf } from './roles.js';
import { workerIdentity } from './worker-identity.js';
import { workerLogger } from './worker-logger.js';

export interface RunWorkerOptions {
  role: Role;
  /** Directory of `partnerday.yaml` and `partners/`. */
  projectDir: string;
  /** Default: as `resolveStore` finds it. */
  storeUrl?: string;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Aborting drains the worker as SIGTERM does. */
  signal?: AbortSignal;
}

/** A spot notice leaves 120 s: 60 s to finish what runs, 20 s to hand over the rest, and some to spare. */
const GRACE_SECONDS = 60;
const HAND_OVER_SECONDS = 20;

/** Runs until SIGTERM, SIGINT or `signal`; returns when everything in flight is finished or handed over. */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const env = options.env ?? process.env;
  const logger = workerLogger(env);
  const { meter, served } = installRuntime(env, logger);
  const metrics = new WorkerMetrics(meter);
  const project = await loadProject(options.projectDir);
  for (const problem of project.problems)
    logger.error('a partner is left out: its configuration is invalid', { ...problem });
  for (const problem of alertChannels(env, project.settings).problems)
    logger.error('alerts cannot be sent over a channel', { ...problem });
  const resolved = await resolveStore(project, env);
  const storeUrl = options.storeUrl ?? resolved.url;
  if (env.PARTNERDAY_FAULTS)
    logger.warn('faults are injected into the store', { file: env.PARTNERDAY_FAULTS });
  const store = await openObservedStore(storeUrl, resolved.env, phaseOfActivity);
  await store.check();
  const { address, namespace, connectOptions } = await loadConnection(options.projectDir, env);
  const connection = await NativeConnection.connect(connectOptions);
  const extractor = createExtractor(store, { storeUrl, env: definedOnly(resolved.env) });
  const tracing = await tracingOf(env, options.role);
  const draining = drainSignal(options.signal);
  const airflow = airflowSettings(env);
  const mirror = await openProgressMirror(env, logger);
  try {
    await checkSearchAttributes(connection, namespace);
    const activities = createActivities({
      store,
      configs: new PinnedConfigs(store),
      partners: async () => (await loadProject(options.projectDir)).partners,
      extractor,
      workflowUrl: async (workflowId, runId) => {
        const { ui } = (await readUpRecord(options.projectDir)) ?? project.settings;
        return workflowUrl(ui.url, namespace, workflowId, runId);
      },
      codeVersion: codeVersion(),
      lineage: { ...project.settings.openLineage, endpoint: lineageEndpoint(env) },
      alertChannels: (partner) => alertChannels(env, project.settings, partner),
      mirrorsProgress: mirror !== undefined,
      airflow: airflow && new Airflow(airflow),
      metrics,
      draining,
    });
    const slots = slotsOf(env);
    const shared: Omit<WorkerOptions, 'taskQueue'> = {
      connection,
      namespace,
      identity: workerIdentity(options.role, slots),
      ...shutdown(env),
      ...deployment(env),
      interceptors: {
        activity: [measureActivities(metrics), ...(tracing ? [tracing.activity] : [])],
      },
    };
    const workers: Worker[] = [];
    const serves = (role: Role) => options.role === role || options.role === 'all';
    if (serves('control')) {
      workers.push(
        await Worker.create({
          ...shared,
          ...workflowCode(tracing !== undefined),
          interceptors: { ...shared.interceptors, workflowModules: tracing?.workflowModules ?? [] },
          taskQueue: QUEUES.control,
          activities: activities.control,
          sinks: { ...progressSinks(mirror), ...tracing?.sinks },
          maxConcurrentActivityTaskExecutions: slots.control,
        }),
      );
    }
    if (serves('extract')) {
      workers.push(
        await Worker.create({
          ...shared,
          taskQueue: QUEUES.extract,
          activities: activities.extract,
          ...heavy(slots.extract),
        }),
      );
    }
    if (serves('merge')) {
      workers.push(
        await Worker.create({
          ...shared,
          taskQueue: QUEUES.merge,
          activities: activities.merge,
          ...heavy(slots.merge),
        }),
      );
    }
    const port = Number(env.PARTNERDAY_PROBE_PORT);
    const measures: (() => void)[] = [];
    if (served) measures.push(measureProcess(metrics));
    if (served && serves('control')) measures.push(measureBacklog(metrics, connection, namespace));
    const probes = port > 0 ? await startProbes(workers, port) : undefined;
    logger.info('worker started', { role: options.role, address, namespace, store: store.url, slots });
    options.signal?.addEventListener('abort', () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    try {
      await Promise.all(workers.map((worker) => worker.run()));
    } finally {
      probes?.close();
      for (const end of measures) end();
    }
    logger.info('worker stopped');
  } finally {
    await mirror?.close();
    await extractor.close();
    await tracing?.close();
    await connection.close();
    await store.close();
  }
}

/** Asks for as much as is waiting, and seldom when nothing is: never for more than there are slots. */
function heavy(
  slots: number,
): Pick<WorkerOptions, 'maxConcurrentActivityTaskExecutions' | 'activityTaskPollerBehavior'> {
  return {
    maxConcurrentActivityTaskExecutions: slots,
    activityTaskPollerBehavior: {
      type: 'autoscaling',
      minimum: 1,
      initial: Math.min(2, slots),
      maximum: slots,
    },
  };
}

/** `PARTNERDAY_GRACE_SECONDS` is for machines that go sooner. */
function shutdown(env: NodeJS.ProcessEnv): Pick<WorkerOptions, 'shutdownGraceTime' | 'shutdownForceTime'> {
  const set = Number(env.PARTNERDAY_GRACE_SECONDS);
  const grace = set > 0 ? set : GRACE_SECONDS;
  return { shutdownGraceTime: grace * 1_000, shutdownForceTime: (grace + HAND_OVER_SECONDS) * 1_000 };
}

/** Fires when the process is asked to stop, before anything is cancelled: long waits end and hand over. */
function drainSignal(outer: AbortSignal | undefined): AbortSignal {
  const draining = new AbortController();
  const drain = () => draining.abort();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, drain);
  outer?.addEventListener('abort', drain);
  return draining.signal;
}

/** Nothing of OpenTelemetry is loaded unless a collector is named. */
async function tracingOf(env: NodeJS.ProcessEnv, role: Role): Promise<Tracing | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return undefined;
  const { startTracing } = await import('../tracing/start-tracing.js');
  return startTracing(env, role);
}

/** The bundle made by the build; with tracing, or where there is none (tests), it is made now, which takes seconds. */
function workflowCode(traced: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const bundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (!traced && existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)) };
}

/** Worker versioning, as the Temporal Worker Controller configures it: both variables or nothing. */
function deployment(env: NodeJS.ProcessEnv): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = env;
  if (!deploymentName || !buildId) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
