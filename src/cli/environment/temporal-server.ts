import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { ensureTemporal } from '../../tools/ensure-temporal.js';
import { freePorts } from '../../tools/free-port.js';
import { CliError } from '../cli-error.js';
import { EXIT } from '../exit-code.js';
import { type BackgroundProcess, diedError, spawnInBackground, stopProcess } from './background-process.js';
import { matchingFlags } from './matching-settings.js';
import { isRunning } from './process-identity.js';
import { searchAttributePairs } from './search-attribute-flags.js';

const HEALTHY_MS = 30_000;
/** Another process may take a free port before the server does. */
const START_TRIES = 3;

export interface TemporalServer {
  process: BackgroundProcess;
  address: string;
  namespace: string;
  uiUrl: string;
}

export interface StartTemporalOptions {
  /** Of logs and the database. */
  directory: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  announce: (line: string) => void;
}

/** The development server, on free ports, with its history in a file, ready to take work. */
export async function startTemporalServer(options: StartTemporalOptions): Promise<TemporalServer> {
  const { signal, env, announce } = options;
  const tool = await ensureTemporal({ signal, env, announce });
  for (let attempt = 1; ; attempt++) {
    const [grpc, ui, http, metrics] = (await freePorts(4)) as [number, number, number, number];
    const process = await spawnInBackground({
      name: 'Temporal server',
      command: tool.path,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(grpc), '--ui-port', String(ui)],
        ...['--http-port', String(http), '--metrics-port', String(metrics)],
        ...['--db-filename', join(options.directory, 'temporal.db'), '--log-level', 'warn'],
        ...matchingFlags(),
        ...searchAttributePairs().flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
      ],
      env,
      log: join(options.directory, 'temporal.log'),
    });
    const server = {
      process,
      address: `127.0.0.1:${grpc}`,
      namespace: 'default',
      uiUrl: `http://127.0.0.1:${ui}`,
    };
    try {
      await untilHealthy(server, signal);
      return server;
    } catch (error) {
      const died = !(await isRunning(process));
      await stopProcess(process, 2_000);
      signal.throwIfAborted();
      if (!died || attempt === START_TRIES) throw error;
    }
  }
}

async function untilHealthy(
  { process, address, namespace }: TemporalServer,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + HEALTHY_MS;
  for (;;) {
    signal.throwIfAborted();
    if (!(await isRunning(process))) throw await diedError(process);
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      try {
        const client = new Client({ connection, namespace });
        await client.workflowService.describeNamespace({ namespace });
        const { keys } = await connection.operatorService
          .listSearchAttributes({ namespace })
          .then(({ customAttributes }) => ({ keys: Object.keys(customAttributes ?? {}) }));
        if (searchAttributePairs().every(({ name }) => keys.includes(name))) return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() >= deadline) {
        throw new CliError(
          EXIT.unreachable,
          `the Temporal server at ${address} did not become ready within ${HEALTHY_MS / 1000} s`,
          `see ${process.log}`,
          { cause: error },
        );
      }
    }
    await sleep(100);
  }
}
