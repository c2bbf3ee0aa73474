import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { matchingFlags } from '../../../src/cli/environment/matching-settings.js';
import { searchAttributePairs } from '../../../src/cli/environment/search-attribute-flags.js';
import { ensureTemporal } from '../../../src/tools/ensure-temporal.js';
import { freePorts } from '../../../src/tools/free-port.js';

const READY_MS = 30_000;

/** A Temporal server with its history in a file, which can be killed and started again on the same address. */
export class TemporalProcess {
  #server: ChildProcess | undefined;

  private constructor(
    private readonly path: string,
    private readonly directory: string,
    private readonly ports: readonly number[],
  ) {}

  static async start(directory: string): Promise<TemporalProcess> {
    const server = new TemporalProcess((await ensureTemporal()).path, directory, await freePorts(4));
    await server.start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.ports[0]}`;
  }

  async start(): Promise<void> {
    const [port, ui, http, metrics] = this.ports.map(String);
    this.#server = spawn(
      this.path,
      [
        ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', port!, '--ui-port', ui!],
        ...['--http-port', http!, '--metrics-port', metrics!, '--log-level', 'error'],
        ...['--db-filename', join(this.directory, 'temporal.db')],
        ...matchingFlags(),
        ...searchAttributePairs().flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]),
      ],
      { stdio: 'ignore' },
    );
    process.once('exit', () => this.#server?.kill('SIGKILL'));
    const deadline = Date.now() + READY_MS;
    for (;;) {
      try {
        const client = await this.connect();
        await client.workflowService.describeNamespace({ namespace: 'default' });
        await client.connection.close();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await pause(100);
      }
    }
  }

  /** SIGKILL; the history stays. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  async connect(): Promise<Client & { readonly connection: Connection }> {
    const connection = await Connection.connect({ address: this.address, connectTimeout: 1_000 });
    return new Client({ connection, namespace: 'default' }) as Client & { readonly connection: Connection };
  }
}
