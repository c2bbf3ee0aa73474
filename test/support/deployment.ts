import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface StoreCall {
  at: number;
  pid: number;
  phase: string;
  verb: string;
  key: string;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Whichever it is: a deployment may move to another one. */
export interface TemporalServer {
  readonly address: string;
}

/** A project directory, a store, and real worker processes: what a user deploys, on one machine. */
export class Deployment {
  readonly #workers = new Set<ChildProcess>();
  readonly #beside: Deployment[] = [];

  private constructor(
    public temporal: TemporalServer,
    readonly dir: string,
    private readonly storeEnv: NodeJS.ProcessEnv,
  ) {}

  /** `storeEnv` defaults to a file store in the project directory. */
  static async create(temporal: TemporalServer, storeEnv?: NodeJS.ProcessEnv): Promise<Deployment> {
    const dir = await mkdtemp(join(tmpdir(), 'partnerday-e2e-'));
    await mkdir(join(dir, 'partners'));
    await mkdir(join(dir, 'store'));
    return new Deployment(
      temporal,
      dir,
      storeEnv ?? { PARTNERDAY_STORE: pathToFileURL(join(dir, 'store')).href },
    );
  }

  /** Another project directory below this one, with a store of its own; stopped with this one. */
  beside(name: string): Deployment {
    const dir = join(this.dir, name);
    const beside = new Deployment(this.temporal, dir, {
      PARTNERDAY_STORE: pathToFileURL(join(dir, 'store')).href,
    });
    this.#beside.push(beside);
    return beside;
  }

  get store(): string {
    return join(this.dir, 'store');
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.storeEnv,
      TEMPORAL_ADDRESS: this.temporal.address,
      TEMPORAL_NAMESPACE: 'default',
      PARTNERDAY_STORE_LOG: join(this.dir, 'store-calls.jsonl'),
      NO_COLOR: '1',
    };
  }

  async partner(id: string, yaml: string): Promise<void> {
    await writeFile(join(this.dir, 'partners', `${id}.yaml`), `id: ${id}\n${yaml}`);
  }

  /** A worker process of its own; resolves once it polls. */
  async startWorker(env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const worker = spawn(process.execPath, [CLI, 'worker', '--config', this.dir], {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#workers.add(worker);
    let said = '';
    await new Promise<void>((resolve, reject) => {
      worker.stderr!.on('data', (chunk: Buffer) => {
        said += chunk;
        if (said.includes('worker started')) resolve();
        if (said.length > 100_000) said = said.slice(-50_000);
      });
      worker.once('exit', (code) => {
        this.#workers.delete(worker);
        reject(new Error(`the worker ended with ${code}: ${said.slice(-3_000)}`));
      });
    });
    return worker;
  }

  spawn(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [CLI, ...args, '--config', this.dir], { env: this.env });
  }

  async run(...args: string[]): Promise<CliResult> {
    const cli = this.spawn(...args);
    let stdout = '';
    let stderr = '';
    cli.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    cli.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise<number | null>((resolve) => cli.once('close', resolve));
    return { code, stdout, stderr };
  }

  /** What the workers (and the CLI) have asked of the store so far. */
  calls(): StoreCall[] {
    const file = this.env.PARTNERDAY_STORE_LOG!;
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as StoreCall);
  }

  /** Waits until a store call (or their number) satisfies the test. */
  async until(what: string, holds: (calls: StoreCall[]) => boolean, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!holds(this.calls())) {
      if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
      await pause(10);
    }
  }

  async stop(): Promise<void> {
    for (const beside of this.#beside) await beside.stop();
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** SHA-256 of every published table of a file store's version directories, by `{version}/{table}.csv`. */
export async function publishedHashes(
  store: string,
  partner: string,
  date: string,
): Promise<Record<string, string>> {
  const day = join(store, partner, date);
  const hashes: Record<string, string> = {};
  for (const version of (await readdir(day)).filter((name) => /^v\d+$/.test(name)).sort()) {
    for (const name of (await readdir(join(day, version))).filter((file) => file.endsWith('.csv')).sort()) {
      const content = await readFile(join(day, version, name));
      hashes[`${version}/${name}`] = createHash('sha256').update(content).digest('hex');
    }
  }
  return hashes;
}

/** How often each archive's body was asked for. */
export function archiveReads(calls: StoreCall[]): Map<string, number> {
  const reads = new Map<string, number>();
  for (const { verb, key } of calls) {
    if (verb === 'get' && key.startsWith('landing/')) reads.set(key, (reads.get(key) ?? 0) + 1);
  }
  return reads;
}
