import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
/** One that cannot even start must not take the whole machine. */
const RESTART_MS = 200;

export interface FleetOptions {
  readonly projectDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly size: number;
  /** Gets what the workers say. */
  readonly log: string;
  /** What a worker is started under, e.g. `['prlimit', '--nofile=64']`; they are numbered as they start. */
  readonly under?: (worker: number) => readonly string[];
}

/** Worker processes of which a killed one is replaced at once, as an orchestrator would. */
export class WorkerFleet {
  /** How workers ended: a signal, or an exit code. */
  readonly ends: string[] = [];
  #started = 0;
  readonly #workers = new Set<ChildProcess>();
  #closed = false;

  constructor(private readonly options: FleetOptions) {
    for (let worker = 0; worker < options.size; worker++) this.#start();
  }

  get processes(): readonly ChildProcess[] {
    return [...this.#workers];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#workers].map(async (worker) => {
        const exited = once(worker, 'exit');
        worker.kill('SIGKILL');
        await exited;
      }),
    );
  }

  #start(): void {
    const { env, projectDir, log, under } = this.options;
    const [command, ...args] = [
      ...(under?.(this.#started++) ?? []),
      process.execPath,
      CLI,
      'worker',
      '--config',
      projectDir,
    ];
    const said = openSync(log, 'a');
    const worker = spawn(command!, args, { env, stdio: ['ignore', 'ignore', said] });
    closeSync(said);
    this.#workers.add(worker);
    worker.once('exit', (code, signal) => {
      this.#workers.delete(worker);
      if (this.#closed) return;
      this.ends.push(signal ?? `exit code ${code}`);
      setTimeout(() => this.#closed || this.#start(), RESTART_MS);
    });
  }
}
