import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { Project } from '../../config/load-project.js';
import { configuredStore } from '../../config/resolve-store.js';
import { removeUpRecord, type UpRecord, workDirectory, writeUpRecord } from '../../config/up-record.js';
import { errnoOf } from '../../store/file/write-error.js';
import { openStore } from '../../store/open-store.js';
import { withFileLock } from '../../tools/file-lock.js';
import { type BackgroundProcess, stopProcess } from './background-process.js';
import { startS3Server } from './s3-server.js';
import { ensurePlanSchedule, ensureReportSchedule } from './schedules.js';
import { startServe } from './serve-process.js';
import { startTemporalServer } from './temporal-server.js';
import { startWorker, untilWorkerPolls } from './worker-process.js';

export interface StartEnvironmentOptions {
  project: Pick<Project, 'dir' | 'settings'>;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  announce: (line: string) => void;
  /** Serve the store over S3 by a development server instead of the file system. */
  s3: boolean;
  /** Create the schedule that opens every partner's day. */
  schedule: boolean;
  /** Start the pages and the HTTP interface. */
  serve: boolean;
}

/**
 * Starts the servers and a worker, waits until they are ready, and records them. All or nothing: whatever goes wrong,
 * what was already started is stopped again.
 */
export async function startEnvironment(options: StartEnvironmentOptions): Promise<UpRecord> {
  const { project, signal, announce } = options;
  const directory = workDirectory(project.dir);
  await mkdir(directory, { recursive: true });
  const started: BackgroundProcess[] = [];
  try {
    const store = await startStore(options, directory, started);
    const env = { ...options.env, ...store.env, PARTNERDAY_STORE: store.url };
    const temporal = await startTemporalServer({ directory, env, signal, announce });
    started.push(temporal.process);
    const connected = await connectedEnv(env, temporal, directory);
    const worker = await startWorker({ dir: project.dir, directory, env: connected });
    started.push(worker);
    const place = { dir: project.dir, directory, env: connected };
    const [, serve] = await Promise.all([
      settle(temporal, worker, options),
      options.serve ? startServe(started, place, signal) : undefined,
    ]);
    const record: UpRecord = {
      format: 1,
      startedAt: new Date().toISOString(),
      temporal: { address: temporal.address, namespace: temporal.namespace },
      ui: { url: temporal.uiUrl },
      ...(serve ? { serve } : {}),
      store,
      processes: started,
    };
    await writeUpRecord(project.dir, record);
    return record;
  } catch (error) {
    for (const process of started.reverse()) await stopProcess(process, 2_000);
    throw error;
  }
}

/** Only one `up` or `down` of a project at a time; on a full disk without this courtesy, for `down` must still work. */
export async function withEnvironmentLock<T>(
  dir: string,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let entered = false;
  const locked = () => {
    entered = true;
    return work();
  };
  try {
    return await withFileLock(join(workDirectory(dir), 'up.lock'), locked, { signal });
  } catch (error) {
    if (entered || errnoOf(error) === undefined) throw error;
    return work();
  }
}

/** The worker first, so that it can hand back its work; then the servers. */
export async function stopEnvironment(
  dir: string,
  record: UpRecord,
  options: { graceMs: number; hurry?: AbortSignal },
): Promise<void> {
  for (const process of record.processes.toReversed()) {
    await stopProcess(process, options.graceMs, options.hurry);
  }
  await removeUpRecord(dir);
}

async function startStore(
  { project, env, signal, announce, s3 }: StartEnvironmentOptions,
  directory: string,
  started: BackgroundProcess[],
): Promise<UpRecord['store']> {
  if (s3) {
    const server = await startS3Server({ directory, env, signal, announce });
    started.push(server.process);
    return { url: server.url, env: server.env };
  }
  const url = env.PARTNERDAY_STORE ?? configuredStore(project).url;
  if (url.startsWith('file:')) await mkdir(fileURLToPath(new URL(url)), { recursive: true });
  const store = await openStore(url, env);
  try {
    await store.check();
  } finally {
    await store.close();
  }
  return { url, env: {} };
}

/** Our worker belongs to our server: no address, key or certificate of another one may reach it. */
async function connectedEnv(
  env: NodeJS.ProcessEnv,
  { address, namespace }: { address: string; namespace: string },
  directory: string,
): Promise<NodeJS.ProcessEnv> {
  const profile = join(directory, 'temporal.toml');
  await writeFile(profile, '# Written by partnerday up: no profile but this empty one.\n[profile.default]\n');
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(others),
    TEMPORAL_CONFIG_FILE: profile,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
}

async function settle(
  temporal: { address: string; namespace: string },
  worker: BackgroundProcess,
  { signal, schedule }: StartEnvironmentOptions,
): Promise<void> {
  const { address, namespace } = temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    await untilWorkerPolls(client, namespace, worker, signal);
    if (!schedule) return;
    await ensurePlanSchedule(client);
    await ensureReportSchedule(client);
  } finally {
    await connection.close();
  }
}
